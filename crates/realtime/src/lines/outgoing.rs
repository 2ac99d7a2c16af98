//! What waits to be written to one socket, and how far that is: whole frames in order, whatever the kernel takes of
//! them at a time. Pure but for the backlog that it takes from.

use std::{
    collections::VecDeque,
    io,
    task::{Poll, Waker},
};

use protocol::Timestamp;

use crate::{closes::Close, frames::Frame, sinks::Outbox};

/// Frames are copied into one write up to this many bytes.
const JOINED_MAX: usize = 64 * 1024;
/// Room for so many frames is kept while none waits.
const IDLE_CAPACITY: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Open,
    /// The kernel takes no more: only the socket's task goes on, once it does again.
    Stuck,
    Failed,
}

#[derive(Debug)]
pub(super) struct Outgoing {
    outbox: Outbox,
    pub waiting: VecDeque<Frame>,
    /// Bytes of the first frame that are written.
    written: usize,
    pub state: State,
    /// What the hub wants once all that it handed out is written; after it nothing comes.
    pub close: Option<Close>,
    is_shut: bool,
}

/// Frames in one buffer. The next socket very often gets the same ones: then they are not copied again.
#[derive(Debug, Default)]
pub(super) struct Joined {
    frames: Vec<Frame>,
    bytes: Vec<u8>,
    /// Of the oldest message that was written with it.
    pub oldest: Option<Timestamp>,
}

impl Outgoing {
    pub fn new(outbox: Outbox) -> Self {
        Self { outbox, waiting: VecDeque::new(), written: 0, state: State::Open, close: None, is_shut: false }
    }

    /// Nothing waits, and nothing will come.
    pub fn is_done(&self) -> bool {
        self.close.is_some() && self.waiting.is_empty()
    }

    /// Writes what waits here and in the backlog until there is no more; then `waker` is told when there is.
    pub fn pump(
        &mut self,
        waker: &Waker,
        joined: &mut Joined,
        mut write: impl FnMut(&[u8]) -> io::Result<usize>,
    ) {
        while self.state == State::Open {
            if self.waiting.is_empty() && !self.take(waker) {
                return;
            }
            let Some(first) = self.waiting.front() else { continue };
            let is_alone = self.waiting.len() == 1 || self.written > 0;
            let result = if is_alone {
                write(&first.bytes()[self.written..])
            } else {
                write(joined.of(&self.waiting))
            };
            match result {
                Ok(0) => self.fail(),
                Ok(count) => self.advance(count, joined),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.state = State::Stuck,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => self.fail(),
            }
        }
    }

    pub fn poll_closing(&mut self, waker: &Waker) -> Poll<Close> {
        if self.is_shut { Poll::Pending } else { self.outbox.poll_closing(waker) }
    }

    /// What was handed out and not taken is let go.
    pub fn shut(&mut self) {
        self.is_shut = true;
        self.outbox.abandon();
    }

    /// `false` if there is nothing to take.
    fn take(&mut self, waker: &Waker) -> bool {
        if self.is_shut || self.close.is_some() {
            return false;
        }
        let Poll::Ready(close) = self.outbox.poll_take(&mut self.waiting, waker) else { return false };
        self.close = close;
        !self.waiting.is_empty()
    }

    fn advance(&mut self, count: usize, joined: &mut Joined) {
        self.written += count;
        while let Some(first) = self.waiting.front().filter(|first| first.len() <= self.written) {
            self.written -= first.len();
            joined.oldest = [joined.oldest, first.stored_at()].into_iter().flatten().min();
            self.waiting.pop_front();
        }
        if self.waiting.is_empty() && self.waiting.capacity() > IDLE_CAPACITY {
            self.waiting = VecDeque::new();
        }
    }

    fn fail(&mut self) {
        self.state = State::Failed;
        self.waiting = VecDeque::new();
        self.shut();
    }
}

impl Joined {
    /// As many of these as fit, one at least.
    fn of(&mut self, waiting: &VecDeque<Frame>) -> &[u8] {
        let is_known = self.frames.len() <= waiting.len()
            && !self.frames.is_empty()
            && self.frames.iter().zip(waiting).all(|(known, frame)| known.is(frame))
            && (self.frames.len() == waiting.len()
                || self.bytes.len() + waiting[self.frames.len()].len() > JOINED_MAX);
        if !is_known {
            self.frames.clear();
            self.bytes.clear();
            for frame in waiting {
                if !self.frames.is_empty() && self.bytes.len() + frame.len() > JOINED_MAX {
                    break;
                }
                self.frames.push(frame.clone());
                self.bytes.extend_from_slice(frame.bytes());
            }
        }
        &self.bytes
    }

    /// Lets go of the frames; the room for them is kept.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.bytes.clear();
        self.bytes.shrink_to(JOINED_MAX);
        self.oldest = None;
    }
}

#[cfg(test)]
mod tests;
