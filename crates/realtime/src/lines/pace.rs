//! How far the threads that write are behind the hub. It hands out no more events while they are: meanwhile these
//! collect, and go out together with one write a socket.

use std::sync::atomic::Ordering;

use crate::threads::{AtomicUsize, Notify};

/// Sockets that may still wait for one thread when the next events are handed out: enough that the thread has something
/// to do until they are.
const BEHIND_MAX: usize = 32;

#[derive(Debug, Default)]
pub(crate) struct Pace {
    behind: Vec<AtomicUsize>,
    kept: Notify,
}

impl Pace {
    pub fn new(threads: usize) -> Self {
        Self { behind: (0..threads).map(|_| AtomicUsize::new(0)).collect(), kept: Notify::new() }
    }

    pub fn is_kept(&self) -> bool {
        self.behind.iter().all(|behind| behind.load(Ordering::Acquire) <= BEHIND_MAX)
    }

    /// Completes when it may be kept again. Cancel-safe.
    pub async fn kept(&self) {
        self.kept.notified().await;
    }

    /// Sockets that wait for any of the threads.
    pub fn behind(&self) -> usize {
        self.behind.iter().map(|behind| behind.load(Ordering::Relaxed)).sum()
    }

    pub fn fall_behind(&self, thread: usize) {
        self.behind[thread].fetch_add(1, Ordering::Relaxed);
    }

    pub fn catch_up(&self, thread: usize, sockets: usize) {
        let before = self.behind[thread].fetch_sub(sockets, Ordering::AcqRel);
        if before > BEHIND_MAX && before - sockets <= BEHIND_MAX {
            self.kept.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn the_pace_is_kept_again_once_the_last_thread_has_caught_up() {
        let pace = Pace::new(2);
        for thread in [0, 1] {
            for _ in 0..=BEHIND_MAX {
                pace.fall_behind(thread);
            }
        }
        assert!(!pace.is_kept());
        pace.catch_up(0, 1);
        // Told too early, the hub looks again.
        assert!(pace.kept().now_or_never().is_some() && !pace.is_kept());
        pace.catch_up(1, 1);
        assert!(pace.kept().now_or_never().is_some() && pace.is_kept());
        assert_eq!(pace.behind(), 2 * BEHIND_MAX);
    }
}
