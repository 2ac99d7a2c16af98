//! What every role needs and no feature owns: errors, extractors, tokens, limits, database, telemetry.

pub mod address;
pub mod config;
pub mod db;
pub mod error;
pub mod extract;
pub mod fault_points;
pub mod health;
pub mod http;
pub mod https;
pub mod internal_key;
pub mod jwt;
pub mod layers;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod overload;
pub mod peers;
pub mod revocations;
pub mod shutdown;
pub mod telemetry;
pub mod traces;

pub use error::{Error, Kind, Result};
