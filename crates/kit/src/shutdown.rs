//! Stopping in order: everything that runs in the background holds a token and is waited for.

use std::{future::Future, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Owns the background tasks of a process. Cloned handles speak of the same tasks.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stopping: CancellationToken,
}

impl Tasks {
    /// Runs a task that ends by itself once `stopping` is cancelled.
    pub fn spawn<F>(&self, task: impl FnOnce(CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(task(self.stopping.clone()));
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

    /// Tells every task to stop and waits for them; `false` if some were still busy after `timeout`.
    pub async fn stop(&self, timeout: Duration) -> bool {
        self.stopping.cancel();
        self.tracker.close();
        tokio::time::timeout(timeout, self.tracker.wait()).await.is_ok()
    }
}

/// Completes on SIGTERM or SIGINT.
pub async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(error) => {
            tracing::warn!(%error, "SIGTERM cannot be heard; Ctrl+C can");
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}
