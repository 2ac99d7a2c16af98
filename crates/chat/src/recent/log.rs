//! The newest messages of one room, and who may read them. Pure.

use std::collections::{HashSet, VecDeque};

use bytes::Bytes;
use protocol::{Message, Seq, UserId, messages::PAGE_DEFAULT};

use super::Json;
use crate::messages::Range;

/// One page of those that clients ask for.
#[expect(clippy::cast_possible_truncation, reason = "it is 50")]
const MESSAGES_MAX: usize = PAGE_DEFAULT as usize;
/// Members that are remembered; others are asked for in the database.
const MEMBERS_MAX: usize = 4096;
const MEMBER_BYTES: usize = 32;
const MESSAGE_BYTES: usize = 32;

#[derive(Debug)]
pub(super) struct Log {
    pub born: u64,
    pub read_at: u64,
    pub removals: u64,
    /// Each as JSON, the last one with `last`.
    messages: VecDeque<Box<[u8]>>,
    last: Seq,
    /// Whether what the database had is in it; before, it only collects what comes.
    is_filled: bool,
    members: HashSet<UserId>,
    json_bytes: usize,
    /// The newest page as it was answered last, and what its limit was: a hot room is asked for the same one again and
    /// again.
    newest: Option<(u64, Json)>,
}

impl Log {
    pub const BYTES: usize = 256;

    pub fn new(born: u64) -> Self {
        Self {
            born,
            read_at: born,
            removals: 0,
            messages: VecDeque::new(),
            last: Seq::ZERO,
            is_filled: false,
            members: HashSet::new(),
            json_bytes: 0,
            newest: None,
        }
    }

    pub fn is_filled(&self) -> bool {
        self.is_filled
    }

    pub fn last_seq(&self) -> Option<Seq> {
        self.is_filled.then_some(self.last)
    }

    pub fn has_member(&self, user: UserId) -> bool {
        self.members.contains(&user)
    }

    pub fn admit(&mut self, user: UserId) {
        if self.members.len() < MEMBERS_MAX {
            self.members.insert(user);
        }
    }

    pub fn remove(&mut self, user: UserId) {
        self.removals += 1;
        self.members.remove(&user);
    }

    /// About what it takes: each message alone, and in the page.
    pub fn bytes(&self) -> usize {
        Self::BYTES
            + 2 * self.json_bytes
            + self.messages.len() * MESSAGE_BYTES
            + self.members.len() * MEMBER_BYTES
    }

    /// The newest messages as of some moment after the log began; `false` if they do not fit to what came since.
    pub fn fill(&mut self, messages: &[Message]) -> bool {
        let messages = &messages[messages.len().saturating_sub(MESSAGES_MAX)..];
        let first = self.first();
        let older = messages.iter().filter(|message| self.messages.is_empty() || message.seq < first);
        let older: Vec<_> = older.collect();
        let reaches = messages.last().map_or(Seq::ZERO, |message| message.seq);
        if !self.messages.is_empty() && reaches.next() < first {
            return false;
        }
        if self.messages.is_empty() {
            self.last = reaches;
        }
        for message in older.into_iter().rev() {
            let json = json(message);
            self.json_bytes += json.len();
            self.messages.push_front(json);
        }
        self.is_filled = true;
        self.newest = None;
        // What came since may be a repeat, told again long after it was stored: there may be newer ones.
        let fits = messages.iter().all(|message| self.append(message));
        self.trim();
        fits
    }

    /// A message that was committed; `false` if one before it is missing.
    pub fn append(&mut self, message: &Message) -> bool {
        let is_first = !self.is_filled && self.messages.is_empty();
        if !is_first && message.seq <= self.last {
            return true;
        }
        if !is_first && message.seq != self.last.next() {
            return false;
        }
        let json = json(message);
        self.json_bytes += json.len();
        self.messages.push_back(json);
        self.last = message.seq;
        self.newest = None;
        self.trim();
        true
    }

    /// `None` if it takes more than there is.
    pub fn page(&mut self, range: Range, limit: u64) -> Option<Json> {
        if range != Range::Newest {
            return self.made(range, limit);
        }
        if let Some((_, json)) = self.newest.as_ref().filter(|(known, _)| *known == limit) {
            return Some(json.clone());
        }
        let json = self.made(range, limit)?;
        self.newest = Some((limit, json.clone()));
        Some(json)
    }

    fn made(&self, range: Range, limit: u64) -> Option<Json> {
        if !self.is_filled {
            return None;
        }
        let count = i64::try_from(self.messages.len()).ok()?;
        let limit = i64::try_from(limit).ok()?;
        // How many are older than those here.
        let older = self.last.0 - count;
        let (skipped, taken, has_more) = match range {
            Range::Newest => {
                let taken = limit.min(self.last.0);
                (count - taken, taken, taken < self.last.0)
            }
            Range::After(seq) => {
                let newer = (self.last.0 - seq.0).max(0);
                let taken = newer.min(limit);
                (count - newer, taken, taken < newer)
            }
            Range::Before(_) => return None,
        };
        let skipped = if taken == 0 { Some(0) } else { usize::try_from(skipped).ok() }?;
        debug_assert!(older >= 0, "messages count from 1");
        let chosen = self.messages.iter().skip(skipped).take(usize::try_from(taken).ok()?);
        Some(Json { body: array(chosen), has_more })
    }

    fn first(&self) -> Seq {
        let older = i64::try_from(self.messages.len()).unwrap_or_default();
        Seq(self.last.0 - older + 1)
    }

    fn trim(&mut self) {
        while self.messages.len() > MESSAGES_MAX {
            self.json_bytes -= self.messages.pop_front().map_or(0, |json| json.len());
        }
    }
}

fn json(message: &Message) -> Box<[u8]> {
    serde_json::to_vec(message).expect("a message has only string keys and cannot fail").into()
}

fn array<'a>(messages: impl Iterator<Item = &'a Box<[u8]>> + Clone) -> Bytes {
    let bytes: usize = messages.clone().map(|json| json.len() + 1).sum();
    let mut body = Vec::with_capacity(bytes + 2);
    body.push(b'[');
    for json in messages {
        if body.len() > 1 {
            body.push(b',');
        }
        body.extend_from_slice(json);
    }
    body.push(b']');
    body.into()
}
