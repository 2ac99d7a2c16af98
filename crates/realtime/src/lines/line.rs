//! The outgoing side of one socket. A shard's thread writes what the hub hands out; the socket's own task writes its
//! answers, and goes on where the kernel took no more.

use std::{
    io,
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll, Wake, Waker, ready},
};

use futures::task::AtomicWaker;
use tokio::time::{Instant, Sleep, sleep_until};

use super::{
    Shard,
    outgoing::{Joined, Outgoing, State},
};
use crate::{
    Config,
    closes::Close,
    frames::Frame,
    sinks::Outbox,
    socket::Ending,
    threads::{Mutex, MutexGuard, TcpStream},
};

pub(crate) struct Line {
    pub stream: TcpStream,
    shard: Arc<Shard>,
    outgoing: Mutex<Outgoing>,
    /// Of the socket's task: something happened that only it can see to.
    task: AtomicWaker,
}

/// The task's hold on its line. Nothing is handed out to the socket once it is dropped.
pub(crate) struct Hold {
    pub line: Arc<Line>,
    /// How long a peer that takes nothing is waited for.
    patience: Option<Pin<Box<Sleep>>>,
    /// The hub wants it closed, so that it is waited for no longer than that allows.
    is_hurried: bool,
}

impl Line {
    pub fn hold(stream: TcpStream, shard: Arc<Shard>, outbox: Outbox) -> Hold {
        let (outgoing, task) = (Mutex::new(Outgoing::new(outbox)), AtomicWaker::new());
        let line = Arc::new(Self { stream, shard, outgoing, task });
        Hold { line, patience: None, is_hurried: false }
    }

    /// What the socket itself has to say. Bounded by whoever says it: nobody may say more while `is_stuck`.
    pub fn send(self: &Arc<Self>, frames: impl IntoIterator<Item = Frame>) {
        let mut outgoing = self.lock();
        outgoing.waiting.extend(frames);
        self.pump(&mut outgoing, &mut Joined::default());
    }

    pub fn is_stuck(&self) -> bool {
        self.lock().state == State::Stuck
    }

    /// As the shard's thread does it.
    pub(super) fn write(self: &Arc<Self>, joined: &mut Joined) {
        self.pump(&mut self.lock(), joined);
    }

    fn pump(self: &Arc<Self>, outgoing: &mut Outgoing, joined: &mut Joined) {
        let waker = Waker::from(self.clone());
        outgoing.pump(&waker, joined, |bytes| self.stream.try_write(bytes));
        if outgoing.state == State::Stuck {
            self.shard.metrics.stalls.inc();
        }
        if outgoing.state != State::Open || outgoing.is_done() {
            self.task.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Outgoing> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The hub put something into the backlog.
impl Wake for Line {
    fn wake(self: Arc<Self>) {
        let shard = self.shard.clone();
        shard.schedule(self);
    }
}

impl Hold {
    /// Takes what the hub hands out, from now on.
    pub fn open(&self) {
        self.line.send([]);
    }

    /// Completes when the hub wants the socket closed and everything before that is written, or when the peer is gone.
    /// Meanwhile it writes where the kernel took no more; `None` once that goes on again. Cancel-safe.
    pub async fn ended(&mut self, config: &Config) -> Option<Ending> {
        std::future::poll_fn(|context| self.poll_ended(context, config)).await
    }

    /// Completes once everything is written, or never will be. Cancel-safe.
    pub async fn flushed(&mut self, config: &Config) {
        let flushed = |hold: &mut Self, context: &mut Context<'_>| {
            let ended = matches!(hold.poll_ended(context, config), Poll::Ready(Some(_)));
            if ended || hold.line.lock().waiting.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        };
        std::future::poll_fn(|context| flushed(self, context)).await;
    }

    /// From here on only the socket itself says something.
    pub fn shut(&self) {
        self.line.lock().shut();
    }

    fn poll_ended(&mut self, context: &mut Context<'_>, config: &Config) -> Poll<Option<Ending>> {
        self.line.task.register(context.waker());
        let mut was_stuck = self.patience.is_some();
        loop {
            let mut outgoing = self.line.lock();
            match outgoing.state {
                State::Failed => return Poll::Ready(Some(Ending::Gone)),
                State::Open => {
                    self.patience = None;
                    self.is_hurried = false;
                    return match outgoing.close {
                        Some(close) if outgoing.is_done() => Poll::Ready(Some(Ending::Close(close))),
                        _ if was_stuck => Poll::Ready(None),
                        _ => Poll::Pending,
                    };
                }
                State::Stuck => was_stuck = true,
            }
            match self.line.stream.poll_write_ready(context) {
                Poll::Ready(Ok(())) => {
                    outgoing.state = State::Open;
                    self.line.pump(&mut outgoing, &mut Joined::default());
                }
                Poll::Ready(Err(_)) => return Poll::Ready(Some(Ending::Gone)),
                Poll::Pending => {
                    let closing = match outgoing.close {
                        Some(close) => Poll::Ready(close),
                        None => outgoing.poll_closing(context.waker()),
                    };
                    drop(outgoing);
                    ready!(self.poll_patience(context, config, closing));
                    return Poll::Ready(Some(Ending::Gone));
                }
            }
        }
    }

    fn poll_patience(
        &mut self,
        context: &mut Context<'_>,
        config: &Config,
        closing: Poll<Close>,
    ) -> Poll<()> {
        let until = Instant::now() + config.write_timeout;
        let patience = self.patience.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if let (Poll::Ready(close), false) = (closing, self.is_hurried) {
            self.is_hurried = true;
            // Who reads too slowly may still get to the close frame.
            if close != Close::RESUME {
                let until = patience.deadline().min(Instant::now() + config.close_timeout);
                patience.as_mut().reset(until);
            }
        }
        patience.as_mut().poll(context)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.shut();
    }
}

/// What the WebSocket library writes by itself, pongs and closes, goes the same way as everything else.
pub(crate) struct Pipe(pub Arc<Line>);

impl io::Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.stream.try_read(buffer)
    }
}

impl io::Write for Pipe {
    /// Takes whole frames only, which is what the library hands over.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send([Frame::raw(bytes)]);
        match self.0.lock().state {
            State::Failed => Err(io::ErrorKind::BrokenPipe.into()),
            _ => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
