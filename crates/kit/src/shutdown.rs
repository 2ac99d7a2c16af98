//! Stopping in order: everything that runs in the background holds a token and is waited for.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Owns the background tasks of a process. Cloned handles speak of the same tasks.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stopping: CancellationToken,
    failed: CancellationToken,
}

impl Tasks {
    /// Runs a task that ends by itself once `stopping` is cancelled.
    pub fn spawn<F>(&self, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let task = AssertUnwindSafe(task(self.stopping.clone())).catch_unwind();
        let failed = self.failed.clone();
        self.tracker.spawn(async move {
            if task.await.is_err() {
                failed.cancel();
            }
        });
    }

    /// Runs `tick` every `period` until the process stops. A tick is not cut short.
    pub fn every<F>(&self, period: Duration, mut tick: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send,
    {
        self.spawn(move |stopping| async move {
            while stopping.run_until_cancelled(tokio::time::sleep(period)).await.is_some() {
                tick().await;
            }
        });
    }

    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Completes once a task panicked. Nothing starts it again, so the process had better end and be started afresh.
    pub async fn failed(&self) {
        self.failed.cancelled().await;
    }

    /// Tells every task to stop and waits for them; `false` if some were still busy after `timeout`.
    pub async fn stop(&self, timeout: Duration) -> bool {
        self.stopping.cancel();
        self.tracker.close();
        tokio::time::timeout(timeout, self.tracker.wait()).await.is_ok()
    }
}

/// Completes on SIGTERM or SIGINT. Heard from the call on, not only once it is awaited: whoever is told that the
/// process is ready may stop it at once.
pub fn signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut heard = [SignalKind::terminate(), SignalKind::interrupt()].map(|kind| {
        signal(kind).inspect_err(|error| tracing::warn!(%error, "a signal cannot be heard")).ok()
    });
    async move {
        let [terminate, interrupt] = &mut heard;
        tokio::select! {
            () = next(terminate) => {}
            () = next(interrupt) => {}
        }
    }
}

async fn next(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_is_noticed_and_the_others_are_stopped_in_order() {
        let tasks = Tasks::default();
        tasks.spawn(|stopping| async move { stopping.cancelled().await });
        assert!(tasks.failed().now_or_never().is_none());
        tasks.spawn(|_| async { panic!("as this test wants it") });
        tasks.failed().await;
        assert!(tasks.stop(Duration::from_secs(5)).await);
    }
}
