//! The bus from outside: what both kinds promise, and what NATS may do to one of them.

mod both;
#[cfg(feature = "aws")]
mod gateway;
mod nats;
