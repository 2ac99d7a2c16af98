//! A mistake that tests plant: events are published before their commit.

use std::{
    pin::pin,
    sync::{Arc, OnceLock},
    task::{Context, Waker},
};

use fanout::Bus;
use kit::fault_points::Mistake;

use super::store::Outcome;

static BUS: OnceLock<Arc<dyn Bus>> = OnceLock::new();

pub fn plant(bus: &Arc<dyn Bus>) {
    if Mistake::PublishBeforeCommit.is_planted() {
        BUS.get_or_init(|| bus.clone());
    }
}

/// To be called where the commit is all that is left to do.
pub fn publish(outcome: &Outcome) {
    if Mistake::PublishBeforeCommit.is_planted()
        && let Some(bus) = BUS.get()
    {
        // Publishing waits for nobody: it is done when it was looked at once.
        let done = pin!(bus.publish(outcome.events.clone())).poll(&mut Context::from_waker(Waker::noop()));
        debug_assert!(done.is_ready(), "the bus waits");
    }
}
