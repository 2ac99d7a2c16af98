//! The generator: sockets that send at a pace and check what they hear, and clients that ask over HTTP.

mod drive;
mod fleet;
pub mod frames;
pub mod http;
mod latency;
mod ledger;
mod poller;
mod socket;

pub use drive::{Driven, Load, Pacing, Sender, drive};
pub use fleet::Fleet;
pub use latency::Latencies;
pub use ledger::Ledger;
