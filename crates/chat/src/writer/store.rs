//! One batch as one transaction of a handful of statements: lock its rooms in the order of their ids, read what the
//! plan needs, write what it says. Two ways to say the statements: `server` for a database that others write to as well,
//! `embedded` for a file of our own.

mod embedded;
mod server;

use std::{collections::HashMap, ops::Range, sync::Arc};

use fanout::Event;
use kit::{
    Error, Result,
    db::{Database, Failed},
};
use protocol::{
    Code, Message, MessageId, RoomId, Timestamp, UserId,
    messages::MessageKind,
    seams::{Draft, Sender, Sent},
};
use sea_orm::DbErr;

use super::{
    early,
    plan::{Answer, Plan, Row},
};
use crate::outbox::Outbox;

/// Drafts that are stored together. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Batch {
    all: Arc<[Draft]>,
    part: Range<usize>,
}

impl Batch {
    pub fn of(drafts: Vec<Draft>) -> Self {
        let part = 0..drafts.len();
        Self { all: drafts.into(), part }
    }

    pub fn drafts(&self) -> &[Draft] {
        &self.all[self.part.clone()]
    }

    pub fn halves(&self) -> [Self; 2] {
        let middle = self.part.start + self.part.len() / 2;
        [self.part.start..middle, middle..self.part.end].map(|part| Self { all: self.all.clone(), part })
    }
}

/// What members are called. Newer than what their tokens say: a socket lives on with the token it came with.
type Names = HashMap<(RoomId, UserId), String>;

/// One answer for each draft, and what to publish.
#[derive(Default)]
pub struct Outcome {
    pub answers: Vec<Result<Sent>>,
    pub events: Vec<Event>,
}

impl Outcome {
    pub fn append(&mut self, mut other: Self) {
        self.answers.append(&mut other.answers);
        self.events.append(&mut other.events);
    }

    /// Of the same drafts, after an earlier try whose commit was not answered. Where this one found what that one stored,
    /// it was committed: then what it has to answer and to publish still holds.
    pub fn after(mut self, earlier: Self) -> Self {
        let mut was_committed = false;
        for (answer, before) in self.answers.iter_mut().zip(earlier.answers) {
            let (Ok(found), Ok(stored)) = (&answer, &before) else { continue };
            if found.duplicate && !stored.duplicate && found.message.id == stored.message.id {
                *answer = before;
                was_committed = true;
            }
        }
        if was_committed {
            self.events.splice(0..0, earlier.events);
        }
        self
    }
}

/// Why there is no outcome.
pub enum Failure {
    /// Nothing was done.
    Undone(DbErr),
    /// The commit was asked for and not answered: all of this was done, or nothing.
    Unknown(DbErr, Outcome),
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self::Undone(error)
    }
}

impl From<Failed<Outcome>> for Failure {
    fn from(failed: Failed<Outcome>) -> Self {
        match failed {
            Failed::Undone(error) => Self::Undone(error),
            Failed::Unknown(error, outcome) => Self::Unknown(error, outcome),
        }
    }
}

/// Whether drafts may have been stored before. Most never were: then a server is not asked for each of them, and its
/// unique index refuses the batch when one was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    Unlikely,
    Likely,
}

pub async fn store(
    db: &Database,
    outbox: Outbox,
    batch: &Batch,
    repeats: Repeats,
) -> Result<Outcome, Failure> {
    match db.embedded() {
        // An outbox is for buses between machines.
        Some(file) if !outbox.is_needed() => {
            let batch = batch.clone();
            let store = file.write(move |connection| {
                embedded::store_in(connection, batch.drafts()).inspect(early::publish)
            });
            Ok(store.await?)
        }
        _ => server::store(db, outbox, batch.drafts(), repeats).await,
    }
}

/// `stored`: the messages of the plan's rows.
fn outcome(plan: Plan, stored: Vec<Message>, mut events: Vec<Event>) -> Outcome {
    let answers = plan.answers.into_iter().map(|answer| match answer {
        Answer::New(row) => Ok(Sent { message: stored[row].clone(), duplicate: false }),
        Answer::Repeat(row) => Ok(Sent { message: stored[row].clone(), duplicate: true }),
        Answer::Original(message) => Ok(Sent { message: *message, duplicate: true }),
        Answer::Conflict => {
            Err(Error::conflict(Code::Conflict, "This clientMessageId was used in another room."))
        }
        Answer::NotFound => Err(Error::not_found()),
    });
    let answers = answers.collect();
    let rows = plan.rows.iter().zip(stored);
    events.extend(rows.map(|(row, message)| Event::Message { message, members_rev: row.members_rev }));
    Outcome { answers, events }
}

/// The message of a planned row.
fn message(draft: &Draft, row: Row, names: &Names, id: MessageId, created_at: Timestamp) -> Message {
    let name = name_of(&draft.sender, draft.room_id, names);
    Message {
        id,
        room_id: draft.room_id,
        seq: row.seq,
        user_id: draft.sender.user_id,
        username: name.to_owned(),
        username_snapshot: name.to_owned(),
        kind: MessageKind::Text,
        content: draft.content.clone(),
        file_url: None,
        client_message_id: draft.client_message_id.clone(),
        created_at,
    }
}

fn name_of<'a>(sender: &'a Sender, room: RoomId, names: &'a Names) -> &'a str {
    names.get(&(room, sender.user_id)).unwrap_or(&sender.username)
}

#[cfg(test)]
mod tests;
