//! Where the hub puts frames for one socket: a bounded backlog. How they get written from there is the socket's.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, PoisonError},
    task::{Poll, Waker},
};

use crate::{
    closes::Close,
    frames::Frame,
    threads::{Mutex, MutexGuard},
};

/// The most that waits for one socket, besides what is being written. A lone larger frame is taken too.
pub(crate) const FRAMES_MAX: usize = 256;
pub(crate) const BYTES_MAX: usize = 1024 * 1024;
/// Room for so many frames is kept while none waits.
const IDLE_CAPACITY: usize = 4;

#[derive(Debug, Clone)]
pub(crate) struct Sink(Arc<Mutex<Backlog>>);

/// The socket's end.
#[derive(Debug)]
pub(crate) struct Outbox(Arc<Mutex<Backlog>>);

#[derive(Debug, Default)]
struct Backlog {
    frames: VecDeque<Frame>,
    count: usize,
    bytes: usize,
    close: Option<Close>,
    waker: Option<Waker>,
}

/// The peer does not read: it is closed with 1013 and catches up when it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

pub(crate) fn sink() -> (Sink, Outbox) {
    let backlog = Arc::default();
    (Sink(Arc::clone(&backlog)), Outbox(backlog))
}

impl Sink {
    /// Takes a frame, or closes. What comes after a close is nobody's any more.
    pub fn push(&self, frame: Frame) -> Result<(), Full> {
        let mut backlog = lock(&self.0);
        if backlog.close.is_some() {
            return Ok(());
        }
        let (count, bytes) = (backlog.count + frame.count(), backlog.bytes + frame.len());
        let fits = count <= FRAMES_MAX && bytes <= BYTES_MAX;
        let result = if fits || backlog.frames.is_empty() {
            (backlog.count, backlog.bytes) = (count, bytes);
            backlog.frames.push_back(frame);
            Ok(())
        } else {
            backlog.frames = VecDeque::new();
            backlog.close = Some(Close::RESUME);
            Err(Full)
        };
        wake(backlog);
        result
    }

    /// Closes once what waits is written. The first reason stays.
    pub fn close(&self, close: Close) {
        let mut backlog = lock(&self.0);
        backlog.close.get_or_insert(close);
        wake(backlog);
    }

    #[cfg(test)]
    pub fn is_closed(&self) -> bool {
        lock(&self.0).close.is_some()
    }
}

impl Outbox {
    #[cfg(test)]
    /// What waits, as soon as there is something; with a close, nothing follows. Cancel-safe.
    pub async fn take(&mut self) -> (VecDeque<Frame>, Option<Close>) {
        let mut frames = VecDeque::new();
        let close = poll_fn(|context| self.poll_take(&mut frames, context.waker())).await;
        (frames, close)
    }

    /// Moves what waits into `frames`. While there is nothing, `waker` is told of the next thing that comes.
    pub fn poll_take(&mut self, frames: &mut VecDeque<Frame>, waker: &Waker) -> Poll<Option<Close>> {
        let mut backlog = lock(&self.0);
        if backlog.frames.is_empty() && backlog.close.is_none() {
            backlog.wait(waker);
            return Poll::Pending;
        }
        (backlog.count, backlog.bytes) = (0, 0);
        frames.append(&mut backlog.frames);
        if backlog.frames.capacity() > IDLE_CAPACITY {
            backlog.frames = VecDeque::new();
        }
        Poll::Ready(backlog.close)
    }

    /// Completes once the hub wants the socket closed, whatever still waits. Cancel-safe.
    pub async fn closing(&mut self) -> Close {
        poll_fn(|context| self.poll_closing(context.waker())).await
    }

    pub fn poll_closing(&mut self, waker: &Waker) -> Poll<Close> {
        let mut backlog = lock(&self.0);
        if let Some(close) = backlog.close {
            return Poll::Ready(close);
        }
        backlog.wait(waker);
        Poll::Pending
    }

    /// Nobody takes any more: whoever waited is let go.
    pub fn abandon(&mut self) {
        let mut backlog = lock(&self.0);
        backlog.frames = VecDeque::new();
        let waker = backlog.waker.take();
        drop(backlog);
        // It may own the outbox itself.
        drop(waker);
    }
}

impl Backlog {
    fn wait(&mut self, waker: &Waker) {
        match &mut self.waker {
            Some(known) => known.clone_from(waker),
            None => self.waker = Some(waker.clone()),
        }
    }
}

/// Once the lock is free, so that the socket's task need not wait for it.
fn wake(mut backlog: MutexGuard<'_, Backlog>) {
    let waker = backlog.waker.take();
    drop(backlog);
    if let Some(waker) = waker {
        waker.wake();
    }
}

fn lock(backlog: &Mutex<Backlog>) -> MutexGuard<'_, Backlog> {
    backlog.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use protocol::ServerEvent;

    use super::*;

    #[tokio::test]
    async fn a_full_backlog_is_let_go_and_closes_with_resume() {
        let (sink, mut outbox) = sink();
        let frame = Frame::of(&ServerEvent::Pong);
        for _ in 0..FRAMES_MAX {
            assert_eq!(sink.push(frame.clone()), Ok(()));
        }
        assert!(!sink.is_closed());
        assert_eq!(sink.push(frame.clone()), Err(Full));
        assert_eq!(sink.push(frame), Ok(()));
        sink.close(Close::REVOKED);
        assert_eq!(outbox.take().await, (VecDeque::new(), Some(Close::RESUME)));
    }

    #[tokio::test]
    async fn what_waits_goes_before_the_close() {
        let (sink, mut outbox) = sink();
        assert!(outbox.take().now_or_never().is_none());
        let frame = Frame::of(&ServerEvent::Pong);
        sink.push(frame.clone()).unwrap();
        sink.close(Close::REMOVED);
        assert_eq!(outbox.closing().await, Close::REMOVED);
        assert_eq!(outbox.take().await, (VecDeque::from([frame]), Some(Close::REMOVED)));
    }
}
