//! How services ask each other: by a call within one process, over HTTP between two.

mod local;
mod remote;

pub use local::{LocalAccounts, LocalRooms};
pub use remote::RemoteAccounts;
