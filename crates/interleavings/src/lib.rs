//! What threads share by locks, atomics and wakers of ours, compiled a second time with loom's in their place: it goes
//! through every order in which their steps may come, up to a number of preemptions, and finds who waits for ever. What
//! only passes messages by tokio's channels, or only locks, is not here.

// The sources of others would bring their tests along.
#![cfg(not(test))]

pub mod buses;
mod kernel;
mod metrics;
pub mod sockets;
mod threads;

#[expect(dead_code, reason = "sockets use the rest of it")]
#[path = "../../realtime/src/closes.rs"]
mod closes;
#[expect(dead_code, reason = "sockets use the rest of it")]
#[path = "../../realtime/src/config.rs"]
mod config;
#[expect(dead_code, reason = "the hub uses the rest of it")]
#[path = "../../realtime/src/frames.rs"]
mod frames;
#[path = "../../realtime/src/sinks.rs"]
mod sinks;

#[expect(dead_code, reason = "sockets use the rest of it")]
#[path = "../../realtime/src/lines"]
mod lines {
    mod line;
    mod outgoing;
    mod pace;
    mod shards;

    pub(crate) use line::{Hold, Line};
    pub(crate) use pace::Pace;
    pub(crate) use shards::{Shard, Shards};
}

#[expect(dead_code, reason = "the bus uses the rest of it")]
#[path = "../../fanout/src/memory/backlog.rs"]
mod backlog;

mod socket {
    use crate::closes::Close;

    /// As the native shell has it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Ending {
        Close(Close),
        Gone,
    }
}

use config::Config;
use fanout::Delivery;

/// Goes through all orders in which no thread is interrupted more often than that at a point where it could go on.
fn explore(preemptions_max: usize, scenario: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(preemptions_max);
    model.max_branches = 10_000;
    model.check(scenario);
}
