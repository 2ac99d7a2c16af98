//! What waits for one listener: bounded. One that falls behind loses events and is told so.

use std::sync::{Arc, atomic::Ordering};

use tokio::sync::mpsc;

use crate::{Delivery, threads::AtomicBool};

#[derive(Debug)]
pub(crate) struct Backlog {
    queue: mpsc::Sender<Delivery>,
    missed: Arc<AtomicBool>,
}

/// The listener's end.
#[derive(Debug)]
pub(crate) struct Waiting {
    queue: mpsc::Receiver<Delivery>,
    missed: Arc<AtomicBool>,
}

pub(crate) fn backlog(max: usize) -> (Backlog, Waiting) {
    let (sender, receiver) = mpsc::channel(max);
    let missed = Arc::new(AtomicBool::new(false));
    (Backlog { queue: sender, missed: missed.clone() }, Waiting { queue: receiver, missed })
}

impl Backlog {
    pub fn push(&self, delivery: Delivery) {
        if self.queue.try_send(delivery).is_err() {
            // A swap: the listener has seen this when it looks, or what it took before it looked is seen here.
            self.missed.swap(true, Ordering::AcqRel);
            // It may have taken everything and sleep before it could see that. Where this does not fit either, there is
            // something left to take, and it looks afterwards.
            self.queue.try_send(Delivery::Missed).ok();
        }
    }

    /// Nobody listens any more.
    pub fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }
}

impl Waiting {
    /// `None` once the bus is gone. Cancel-safe.
    pub async fn next(&mut self) -> Option<Delivery> {
        if self.missed.swap(false, Ordering::AcqRel) {
            return Some(Delivery::Missed);
        }
        self.queue.recv().await
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }
}
