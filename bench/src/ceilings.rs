//! What this machine can do at most, measured in the same run by the same generator.

pub mod http;
pub mod inserts;
pub mod writes;
