//! What a batch of drafts does to the database, decided without touching it.

use std::collections::{BTreeMap, HashMap, HashSet};

use protocol::{Message, MessageId, RoomId, Seq, UserId, seams::Draft};

/// What the transaction read under the locks of the batch's rooms.
#[derive(Debug, Default)]
pub struct Facts {
    /// The rooms of the batch that exist.
    pub rooms: HashMap<RoomId, RoomFacts>,
    /// The membership rows of the senders in these rooms.
    pub members: HashMap<(RoomId, UserId), MemberRow>,
    /// Senders whose account is gone: they join nothing.
    pub gone: HashSet<UserId>,
    /// Messages under the drafts' senders and client ids, each with whether its room exists.
    pub existing: Vec<(Message, bool)>,
}

impl Facts {
    /// Where this draft would be stored, were it new, and its sender's row there: who has none would join by sending.
    fn place(&self, draft: &Draft) -> Option<(&RoomFacts, Option<MemberRow>)> {
        let (room, user) = (draft.room_id, draft.sender.user_id);
        let facts = self.rooms.get(&room)?;
        let row = self.members.get(&(room, user)).copied();
        let may_send = row.is_some() || (facts.is_general && !self.gone.contains(&user));
        may_send.then_some((facts, row))
    }

    pub fn may_send(&self, draft: &Draft) -> bool {
        self.place(draft).is_some()
    }
}

#[derive(Debug, Clone, Copy)]
pub struct RoomFacts {
    pub is_general: bool,
    pub last_seq: Seq,
    pub members_rev: i64,
}

/// The id of a row of `room_members`.
pub type MemberRow = i64;

#[derive(Debug, Default)]
pub struct Plan {
    /// New messages in the order of the drafts.
    pub rows: Vec<Row>,
    /// Senders who join the general room by sending.
    pub joins: Vec<Join>,
    /// Rooms as they stand afterwards; only those that change.
    pub rooms: BTreeMap<RoomId, RoomFacts>,
    /// How far senders have read by sending.
    pub reads: BTreeMap<MemberRow, Seq>,
    /// Messages of rooms that are gone, whose client ids are free again.
    pub leftovers: Vec<MessageId>,
    /// One for each draft.
    pub answers: Vec<Answer>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which draft.
    pub draft: usize,
    pub seq: Seq,
    pub members_rev: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Join {
    /// The first draft of who joins.
    pub draft: usize,
    pub members_rev: i64,
    /// What they have read: their own messages of this batch.
    pub last_read_seq: Seq,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The message of this row.
    New(usize),
    /// The message of this row, again.
    Repeat(usize),
    /// A message that is there already.
    Original(Box<Message>),
    /// The client id belongs to a message of another room.
    Conflict,
    /// No such room, or not for this sender.
    NotFound,
}

/// Who holds a client id.
#[derive(Clone, Copy)]
enum Holder<'a> {
    Stored(&'a Message),
    /// A message of a room that is gone.
    Leftover(MessageId),
    Planned(usize),
}

pub fn plan(drafts: &[Draft], facts: &Facts) -> Plan {
    let mut plan = Plan { answers: Vec::with_capacity(drafts.len()), ..Plan::default() };
    let mut holders: HashMap<(UserId, &str), Holder> = HashMap::with_capacity(drafts.len());
    for (message, room_exists) in &facts.existing {
        let holder = if *room_exists { Holder::Stored(message) } else { Holder::Leftover(message.id) };
        holders.insert((message.user_id, message.client_message_id.as_str()), holder);
    }
    let mut joined: HashMap<(RoomId, UserId), usize> = HashMap::new();

    for (index, draft) in drafts.iter().enumerate() {
        let key = (draft.sender.user_id, draft.client_message_id.as_str());
        let holder = holders.get(&key).copied();
        if let Some(answer) = repeated(drafts, &plan, draft, holder) {
            plan.answers.push(answer);
            continue;
        }
        let member = (draft.room_id, draft.sender.user_id);
        let Some((facts_of_room, row)) = facts.place(draft) else {
            plan.answers.push(Answer::NotFound);
            continue;
        };
        let room = plan.rooms.entry(draft.room_id).or_insert(*facts_of_room);
        room.last_seq = room.last_seq.next();
        if let Some(row) = row {
            plan.reads.insert(row, room.last_seq);
        } else if let Some(join) = joined.get(&member) {
            plan.joins[*join].last_read_seq = room.last_seq;
        } else {
            room.members_rev += 1;
            joined.insert(member, plan.joins.len());
            let join = Join { draft: index, members_rev: room.members_rev, last_read_seq: room.last_seq };
            plan.joins.push(join);
        }
        if let Some(Holder::Leftover(id)) = holder {
            plan.leftovers.push(id);
        }
        holders.insert(key, Holder::Planned(plan.rows.len()));
        plan.answers.push(Answer::New(plan.rows.len()));
        plan.rows.push(Row { draft: index, seq: room.last_seq, members_rev: room.members_rev });
    }
    plan
}

/// The answer to a draft whose client id is taken. It comes before any question of membership: a repeat returns the
/// original even to a sender who has left.
fn repeated(drafts: &[Draft], plan: &Plan, draft: &Draft, holder: Option<Holder<'_>>) -> Option<Answer> {
    let (room_id, answer) = match holder? {
        Holder::Stored(message) => (message.room_id, Answer::Original(Box::new(message.clone()))),
        Holder::Planned(row) => (drafts[plan.rows[row].draft].room_id, Answer::Repeat(row)),
        Holder::Leftover(_) => return None,
    };
    Some(if room_id == draft.room_id { answer } else { Answer::Conflict })
}

#[cfg(test)]
mod tests;
