//! `epoll`, edge-triggered, with timeouts as fine as the clock: a timer of whole milliseconds would add its rounding
//! to every latency.

use std::{io, os::fd::AsFd, time::Duration};

use rustix::{
    buffer::spare_capacity,
    event::{
        Timespec,
        epoll::{self, CreateFlags, Event, EventData, EventFlags},
    },
    fd::OwnedFd,
};

/// Events taken from the kernel at once.
const EVENTS_MAX: usize = 1024;

pub struct Poller {
    epoll: OwnedFd,
    events: Vec<Event>,
}

#[derive(Debug, Clone, Copy)]
pub struct Ready {
    pub token: usize,
    /// The peer will send no more: there is an end to be read, and no further event tells of it.
    pub is_ending: bool,
}

impl Poller {
    pub fn new() -> io::Result<Self> {
        Ok(Self { epoll: epoll::create(CreateFlags::CLOEXEC)?, events: Vec::with_capacity(EVENTS_MAX) })
    }

    /// From here on `token` is ready whenever bytes came or may be written again.
    pub fn add(&self, source: impl AsFd, token: usize) -> io::Result<()> {
        let flags = EventFlags::IN | EventFlags::OUT | EventFlags::RDHUP | EventFlags::ET;
        Ok(epoll::add(&self.epoll, source, EventData::new_u64(token as u64), flags)?)
    }

    pub fn remove(&self, source: impl AsFd) -> io::Result<()> {
        Ok(epoll::delete(&self.epoll, source)?)
    }

    /// Waits at most so long; who is ready, maybe nobody.
    pub fn wait(&mut self, timeout: Duration, ready: &mut Vec<Ready>) -> io::Result<()> {
        let timeout = Timespec::try_from(timeout).map_err(io::Error::other)?;
        self.events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        ready.extend(self.events.iter().map(|event| {
            let Event { flags, data, .. } = *event;
            let is_ending = flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR);
            Ready { token: usize::try_from(data.u64()).unwrap_or(usize::MAX), is_ending }
        }));
        Ok(())
    }
}
