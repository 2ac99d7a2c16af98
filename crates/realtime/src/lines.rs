//! The outgoing side of sockets: what one has to write, and the threads that write.

mod line;
mod outgoing;
mod pace;
mod shards;

pub(crate) use line::{Hold, Line, Pipe};
pub(crate) use pace::Pace;
pub(crate) use shards::{Shard, Shards};
