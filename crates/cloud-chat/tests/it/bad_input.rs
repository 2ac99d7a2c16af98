//! Everything that nobody should send: each gets the contract's error, and the process lives on.

mod bodies;
mod fields;
mod ids;
mod parameters;
mod tokens;
