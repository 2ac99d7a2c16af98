//! The order of one room: what to hand out next, and what to ask when something is missing. Pure: no clock, no I/O.

use std::collections::BTreeMap;

use kit::fault_points::Mistake;
use protocol::{
    Seq, UserId,
    seams::{RoomMembers, RoomState},
};

use super::members::Members;

/// How many messages wait for those before them. Beyond, only the highest `seq` is kept: a page brings them again.
pub(crate) const HELD_MAX: usize = 256;

/// `T` is a message ready to be handed out, `L` what hears for a user.
#[derive(Debug)]
pub(crate) struct Sequencer<T, L> {
    pub members: Members<L>,
    /// Whether the room's state was read; until then everything waits.
    is_open: bool,
    delivered: Seq,
    /// The highest `seq` that is known to be committed.
    highest: Seq,
    held: BTreeMap<Seq, Held<T>>,
    /// A page whose readers are not read yet, following `delivered`.
    fetched: Vec<(Seq, T)>,
    /// One question at a time, the pause after a failed one included.
    is_asking: bool,
    failures: u32,
    ending: Ending,
}

/// How far a deleted room has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    NotDeleted,
    /// What was committed before may be under way still: the log tells what it is.
    PageDue,
    PageAsked,
    /// The last page came.
    LogRead,
    /// Its end was told.
    Told,
}

#[derive(Debug)]
struct Held<T> {
    message: T,
    members_rev: i64,
}

/// A question to `Rooms`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ask {
    Page { after: Seq },
    Members { users: Vec<UserId> },
}

impl<T, L> Sequencer<T, L> {
    /// A room that is listened to and whose state is about to be read.
    pub fn opening() -> Self {
        Self {
            members: Members::default(),
            is_open: false,
            delivered: Seq::ZERO,
            highest: Seq::ZERO,
            held: BTreeMap::new(),
            fetched: Vec::new(),
            is_asking: false,
            failures: 0,
            ending: Ending::NotDeleted,
        }
    }

    /// The first state that was read after listening is where the room starts.
    pub fn open(&mut self, state: RoomState) {
        if self.is_open {
            return;
        }
        self.is_open = true;
        self.delivered = state.last_seq;
        self.highest = self.highest.max(state.last_seq);
        self.held = self.held.split_off(&state.last_seq.next());
        self.members.start(state.members_rev);
    }

    pub fn is_open(&self) -> bool {
        self.is_open
    }

    pub fn delivered(&self) -> Seq {
        self.delivered
    }

    /// Whether a message with this `seq` is news.
    pub fn is_news(&self, seq: Seq) -> bool {
        seq > self.delivered && !self.held.contains_key(&seq)
    }

    /// A message came; `members_rev` is the room's when it was committed.
    pub fn message(&mut self, seq: Seq, members_rev: i64, message: T) {
        self.members.saw(members_rev);
        if !self.is_news(seq) {
            return;
        }
        self.highest = self.highest.max(seq);
        self.held.insert(seq, Held { message, members_rev });
        if self.held.len() > HELD_MAX {
            self.held.pop_last();
        }
    }

    /// The room was read to stand there.
    pub fn observe(&mut self, last_seq: Seq, members_rev: i64) {
        self.highest = self.highest.max(last_seq);
        self.members.saw(members_rev);
    }

    /// The room was deleted: it is over once everybody was handed what was committed before.
    pub fn end(&mut self) {
        if self.ending == Ending::NotDeleted {
            self.ending = Ending::PageDue;
        }
    }

    pub fn is_ending(&self) -> bool {
        self.ending != Ending::NotDeleted
    }

    /// Nothing is left to hand out, ever.
    pub fn is_over(&self) -> bool {
        match self.ending {
            Ending::NotDeleted => false,
            Ending::Told => true,
            _ if self.members.is_empty() => true,
            Ending::PageDue | Ending::PageAsked => false,
            Ending::LogRead => self.delivered >= self.highest && self.fetched.is_empty(),
        }
    }

    /// Its end is told, to whoever attaches later too; nothing is handed out any more.
    pub fn told(&mut self) {
        self.ending = Ending::Told;
        self.highest = self.delivered;
        self.held.clear();
        self.fetched.clear();
        self.answered();
    }

    /// The answer to `Ask::Page`; `false` if it does not lead on, which counts as a failure.
    #[must_use]
    pub fn page(&mut self, messages: Vec<(Seq, T)>, has_more: bool) -> bool {
        if self.ending == Ending::Told {
            return true;
        }
        self.fetched.clear();
        let mut next = self.delivered.next();
        for (seq, message) in messages {
            if seq == next {
                next = seq.next();
                self.highest = self.highest.max(if has_more { next } else { seq });
                self.fetched.push((seq, message));
            }
        }
        let leads_on = !self.fetched.is_empty() || !self.has_gap();
        if self.ending == Ending::PageAsked {
            self.ending = if has_more || !leads_on { Ending::PageDue } else { Ending::LogRead };
        }
        if leads_on {
            self.answered();
        }
        leads_on
    }

    /// The answer to `Ask::Members`, read after the page before it: returns who is no member any more. An answer
    /// older than what is known to exist leaves `is_asking` as it is and counts as a failure.
    pub fn members_read(&mut self, asked: &[UserId], answer: &RoomMembers) -> (Vec<(UserId, L)>, bool) {
        let leads_on = answer.members_rev >= self.members.wanted();
        if leads_on {
            self.answered();
        }
        let gone = self.members.read(answer.members_rev, asked, &answer.users);
        for (seq, message) in std::mem::take(&mut self.fetched) {
            // An event may have overtaken the page.
            if self.is_news(seq) {
                // Committed before the members were read, so at no later revision.
                let members_rev = answer.members_rev;
                self.held.insert(seq, Held { message, members_rev });
            }
        }
        (gone, leads_on)
    }

    /// A question failed: how many have in a row. Nothing is asked until `retry`.
    pub fn failed(&mut self) -> u32 {
        self.failures += 1;
        self.failures
    }

    pub fn retry(&mut self) {
        self.is_asking = false;
        if self.ending == Ending::PageAsked {
            self.ending = Ending::PageDue;
        }
    }

    /// The next message to hand to everybody in `members`.
    pub fn next(&mut self) -> Option<T> {
        if !self.is_open {
            return None;
        }
        if self.members.is_empty() {
            // Whoever comes later has read where the room stands.
            self.delivered = self.highest;
            self.held.clear();
            self.fetched.clear();
            self.members.settle();
            return None;
        }
        let first = self.held.first_entry()?;
        let is_behind = first.get().members_rev > self.members.known() && !Mistake::MembersLate.is_planted();
        if *first.key() != self.delivered.next() || is_behind {
            return None;
        }
        self.delivered = *first.key();
        Some(first.remove().message)
    }

    /// What to ask now, if anything; call it once `next` has nothing more.
    pub fn ask(&mut self) -> Option<Ask> {
        if !self.is_open || self.is_asking || self.members.is_empty() {
            return None;
        }
        let is_page_due = self.has_gap() || self.ending == Ending::PageDue;
        let ask = if is_page_due && self.fetched.is_empty() {
            if self.is_ending() {
                self.ending = Ending::PageAsked;
            }
            Ask::Page { after: self.delivered }
        } else if self.members.is_behind() || !self.fetched.is_empty() {
            Ask::Members { users: self.members.users() }
        } else {
            return None;
        };
        self.is_asking = true;
        Some(ask)
    }

    fn has_gap(&self) -> bool {
        self.highest > self.delivered && !self.held.contains_key(&self.delivered.next())
    }

    fn answered(&mut self) {
        self.is_asking = false;
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests;
