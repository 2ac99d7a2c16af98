//! Calls to `Rooms`, whose implementation may hang, fail or panic: each ends in time with an answer or an error.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use kit::{Error, Result};

pub(crate) async fn guarded<T>(timeout: Duration, call: impl Future<Output = Result<T>>) -> Result<T> {
    match tokio::time::timeout(timeout, AssertUnwindSafe(call).catch_unwind()).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Error::internal("a call to rooms panicked")),
        Err(_) => Err(Error::unavailable("Rooms do not answer in time.")),
    }
}

/// A pause before the next try: longer with every failure, never the same for two, short enough that what is
/// whole again is noticed in time.
pub(crate) fn backoff(failures: u32) -> Duration {
    const FIRST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(2);
    let pause = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(8)).min(LONGEST);
    pause.mul_f64(rand::random_range(0.5..1.0))
}
