//! The newest messages of rooms that are read, kept in memory as the JSON that they are answered with: bounded, and
//! never anything that the database would not answer at that moment.
//!
//! A log is filled from the database and grows with every commit, before that commit is answered. What makes it right:
//! messages never change and count without gaps, so parts of a log fit together by `seq` alone; a fill begins before
//! the database is read, so whatever is committed meanwhile is added to it or was read; and while a commit is under way
//! memory alone answers nothing about its rooms, since others may have seen it in the database already.

mod log;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use fanout::Event;
use protocol::{Message, RoomId, Seq, UserId};

use crate::messages::Range;
use log::Log;

/// Threads that read different rooms seldom wait for each other.
const PARTS: usize = 16;
/// Of all logs together.
const BYTES_MAX: usize = 8 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Recent {
    parts: Vec<Mutex<Part>>,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct Part {
    logs: HashMap<RoomId, Log>,
    /// How many commits are under way in a room.
    held: HashMap<RoomId, usize>,
    bytes: usize,
    /// Counts reads, to tell which log was read last, and logs, to tell one from its predecessor.
    clock: u64,
}

/// A read of the database that began: what it finds may be put into the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
    room: RoomId,
    /// Of the log that it is for.
    born: u64,
    /// How many members had been removed.
    removals: u64,
}

/// Rooms with a commit under way: from before it until what it did is applied.
#[derive(Debug)]
pub(crate) struct Held {
    recent: Arc<Recent>,
    rooms: Vec<RoomId>,
}

/// A JSON array of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Json {
    pub body: Bytes,
    pub has_more: bool,
}

impl Default for Recent {
    fn default() -> Self {
        Self::of(BYTES_MAX)
    }
}

impl Recent {
    fn of(bytes_max: usize) -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect(), bytes_max: bytes_max / PARTS }
    }

    pub fn hold(self: &Arc<Self>, rooms: Vec<RoomId>) -> Held {
        for room in &rooms {
            *self.part(*room).held.entry(*room).or_default() += 1;
        }
        Held { recent: self.clone(), rooms }
    }

    /// For a user who is known to be a member. Only where nobody else changes the database.
    pub fn of_member(&self, user: UserId, room: RoomId, range: Range, limit: u64) -> Option<Json> {
        let mut part = self.part(room);
        if part.held.contains_key(&room) {
            return None;
        }
        let log = part.read(room)?;
        if log.has_member(user) { log.page(range, limit) } else { None }
    }

    /// If the room stands where the log does.
    pub fn at(&self, last_seq: Seq, room: RoomId, range: Range, limit: u64) -> Option<Json> {
        let mut part = self.part(room);
        let log = part.read(room)?;
        if log.last_seq() == Some(last_seq) { log.page(range, limit) } else { None }
    }

    /// To be called before the database is read.
    pub fn begin(&self, room: RoomId) -> Ticket {
        let mut part = self.part(room);
        part.clock += 1;
        let now = part.clock;
        let is_new = !part.logs.contains_key(&room);
        let log = part.logs.entry(room).or_insert_with(|| Log::new(now));
        let ticket = Ticket { room, born: log.born, removals: log.removals };
        if is_new {
            part.bytes += Log::BYTES;
            part.shrink(self.bytes_max, room);
        }
        ticket
    }

    /// The newest messages, as they were read.
    pub fn fill(&self, ticket: Ticket, messages: &[Message]) {
        let mut part = self.part(ticket.room);
        part.change(ticket.room, |log| if log.born == ticket.born { log.fill(messages) } else { true });
        part.shrink(self.bytes_max, ticket.room);
    }

    /// Somebody was read to be a member.
    pub fn admit(&self, ticket: Ticket, user: UserId) {
        let mut part = self.part(ticket.room);
        part.change(ticket.room, |log| {
            if (log.born, log.removals) == (ticket.born, ticket.removals) {
                log.admit(user);
            }
            true
        });
        part.shrink(self.bytes_max, ticket.room);
    }

    /// A read that found nothing to put into memory.
    pub fn abandon(&self, ticket: Ticket) {
        self.part(ticket.room).change(ticket.room, |log| log.born != ticket.born || log.is_filled());
    }

    /// A stored message, again or for the first time: to be called before anybody is told.
    pub fn append(&self, message: &Message) {
        self.part(message.room_id).change(message.room_id, |log| log.append(message));
    }

    /// What was committed: to be called before anybody is told.
    pub fn apply(&self, events: &[Event]) {
        for event in events {
            match event {
                Event::Message { message, .. } => self.append(message),
                Event::MemberRemoved { room_id, user_id, .. } => {
                    self.part(*room_id).change(*room_id, |log| {
                        log.remove(*user_id);
                        true
                    });
                }
                Event::RoomDeleted { room_id } => self.forget(*room_id),
                Event::MemberAdded { .. }
                | Event::RoomUpdated { .. }
                | Event::Read { .. }
                | Event::SessionsRevoked { .. }
                | Event::AccountsChanged => {}
            }
        }
    }

    /// What became of a change of the room is not known.
    pub fn forget(&self, room: RoomId) {
        self.part(room).change(room, |_| false);
    }

    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| lock(part).bytes).sum()
    }

    fn part(&self, room: RoomId) -> MutexGuard<'_, Part> {
        lock(&self.parts[usize::try_from(room.0).unwrap_or_default() % PARTS])
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        for room in &self.rooms {
            let mut part = self.recent.part(*room);
            let commits = part.held.remove(room).unwrap_or_default();
            if commits > 1 {
                part.held.insert(*room, commits - 1);
            }
        }
    }
}

impl Part {
    fn read(&mut self, room: RoomId) -> Option<&mut Log> {
        self.clock += 1;
        let log = self.logs.get_mut(&room)?;
        log.read_at = self.clock;
        Some(log)
    }

    /// Does something to the log if there is one; lets it go where that returns `false`.
    fn change(&mut self, room: RoomId, change: impl FnOnce(&mut Log) -> bool) {
        let Some(log) = self.logs.get_mut(&room) else { return };
        self.bytes -= log.bytes();
        if change(log) {
            self.bytes += log.bytes();
        } else {
            self.logs.remove(&room);
        }
    }

    /// Lets go of what was not read for the longest time; what was never filled first.
    fn shrink(&mut self, bytes_max: usize, but: RoomId) {
        while self.bytes > bytes_max {
            let others = self.logs.iter().filter(|(room, _)| **room != but);
            let Some((room, _)) = others.min_by_key(|(_, log)| (log.is_filled(), log.read_at)) else {
                return;
            };
            let room = *room;
            self.change(room, |_| false);
        }
    }
}

fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
