//! The bus from outside: what both kinds promise, and what NATS may do to one of them.

mod both;
mod nats;
