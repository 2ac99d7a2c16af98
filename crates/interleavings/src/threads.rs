//! Loom's in place of what threads share.

use std::{
    future::poll_fn,
    sync::PoisonError,
    task::{Poll, Waker},
};

pub(crate) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicUsize},
};

pub(crate) use crate::kernel::TcpStream;

pub(crate) mod thread {
    use std::{io, num::NonZero};

    pub(crate) use loom::thread::{Builder, JoinHandle};

    /// One thread that writes is enough to be in the way of others.
    #[expect(clippy::unnecessary_wraps, reason = "as the standard library's")]
    pub(crate) fn available_parallelism() -> io::Result<NonZero<usize>> {
        Ok(NonZero::<usize>::MIN)
    }
}

/// As tokio's, for one who waits: of that one loom would not see that it orders what comes before and after it.
#[derive(Debug, Default)]
pub(crate) struct Notify(Mutex<Notified>);

#[derive(Debug, Default)]
struct Notified {
    is_permitted: bool,
    waiting: Option<Waker>,
}

impl Notify {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn notify_one(&self) {
        let mut notified = self.lock();
        notified.is_permitted = true;
        let waiting = notified.waiting.take();
        drop(notified);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }

    pub async fn notified(&self) {
        poll_fn(|context| {
            let mut notified = self.lock();
            if std::mem::take(&mut notified.is_permitted) {
                return Poll::Ready(());
            }
            notified.waiting = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn lock(&self) -> MutexGuard<'_, Notified> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
