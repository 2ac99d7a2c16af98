//! How far each member has read. The first mark of a room is written at once, those that follow within two seconds
//! are joined, so that reading does not compete with sending.

pub mod http;

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use fanout::Event;
use kit::{Result, db::shapes::padded};
use protocol::{RoomId, Seq, UserId, seams::ReadMarks};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query},
};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    Chat,
    members::{self, Membership},
    tables::{room_members, user_revisions},
};

const JOINED_FOR: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(250);
/// Beyond, marks are written at once.
const MARKS_MAX: usize = 10_000;
/// How many marks one transaction writes.
const WRITTEN_AT_ONCE: usize = 200;

/// How many users one statement asks about.
const ASKED_AT_ONCE: usize = 128;
const READS_REV: user_revisions::Column = user_revisions::Column::ReadsRev;

/// Marks written or set a moment ago.
#[derive(Default)]
pub(crate) struct Marks {
    recent: Mutex<Recent>,
    noted: Notify,
}

#[derive(Default)]
struct Recent {
    marks: HashMap<Place, Mark>,
    /// Nobody will come back for what waits.
    is_closed: bool,
}

type Place = (UserId, RoomId);

struct Mark {
    seq: Seq,
    is_written: bool,
    /// When it may be written again, or forgotten.
    due: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noted {
    /// Not beyond what is known.
    Old,
    /// Written later.
    Waits,
    /// To be written now.
    First,
}

/// Only moves forward, and not past the room's `lastSeq`.
pub async fn mark(chat: &Chat, membership: &Membership, seq: Seq) -> Result<()> {
    let seq = seq.min(membership.last_seq());
    if seq <= membership.last_read_seq() {
        return Ok(());
    }
    let place = (membership.user_id(), membership.room_id());
    let noted = chat.0.reads.note(place, seq, Instant::now());
    if noted == Noted::Old {
        return Ok(());
    }
    chat.write(move |chat| async move {
        if noted == Noted::First
            && let Err(error) = write(&chat, &[(place, seq)]).await
        {
            chat.0.reads.failed(place);
            return Err(error);
        }
        let (user_id, room_id) = place;
        chat.0.bus.publish(vec![Event::Read { user_id, room_id, seq }]).await;
        Ok(())
    })
    .await
}

/// Writes the marks that wait, and the last of them when the process stops.
pub(crate) async fn flush_marks(chat: Chat, stopping: CancellationToken) {
    while stopping.run_until_cancelled(chat.0.reads.noted.notified()).await.is_some() {
        while !chat.0.reads.is_empty() {
            if stopping.run_until_cancelled(tokio::time::sleep(TICK)).await.is_none() {
                break;
            }
            let due = chat.0.reads.take_due(Instant::now());
            flush(&chat, &due).await;
        }
    }
    flush(&chat, &chat.0.reads.close()).await;
}

async fn flush(chat: &Chat, marks: &[(Place, Seq)]) {
    for part in marks.chunks(WRITTEN_AT_ONCE) {
        if let Err(error) = write(chat, part).await {
            tracing::warn!(%error, "read marks could not be written; soon again");
            for (place, _) in part {
                chat.0.reads.failed(*place);
            }
        }
    }
}

async fn write(chat: &Chat, marks: &[(Place, Seq)]) -> Result<()> {
    use room_members::{Column, Entity};
    let tx = chat.begin().await?;
    // Before the marks, under whose revision they come; in one order, so that two transactions never wait for each other.
    let users: BTreeSet<Uuid> = marks.iter().map(|((user, _), _)| user.0).collect();
    user_revisions::Entity::update_many()
        .col_expr(READS_REV, Expr::col(READS_REV).add(1))
        .filter(user_revisions::Column::UserId.is_in(padded(users)))
        .exec(&tx)
        .await?;
    for ((user, room), seq) in marks {
        let mut revision = Query::select();
        revision.column(READS_REV).from(user_revisions::Entity);
        revision.and_where(user_revisions::Column::UserId.eq(user.0));
        Entity::update_many()
            .col_expr(Column::LastReadSeq, Expr::value(seq.0))
            .col_expr(Column::ReadRev, Expr::from(revision))
            .filter(Column::RoomId.eq(room.0))
            .filter(Column::UserId.eq(user.0))
            .filter(Column::LastReadSeq.lt(seq.0))
            .exec(&tx)
            .await?;
    }
    Ok(tx.commit().await?)
}

/// How far these users marked as read after these revisions, in the order asked.
pub(crate) async fn after(chat: &Chat, asked: &[(UserId, i64)]) -> Result<Vec<ReadMarks>> {
    use room_members::{Column, Entity};
    let mut answer = Vec::with_capacity(asked.len());
    for chunk in asked.chunks(ASKED_AT_ONCE) {
        let ids: Vec<UserId> = chunk.iter().map(|(user, _)| *user).collect();
        // First: what is marked meanwhile comes with a higher revision than this.
        let positions = members::revisions(chat, &ids).await?;
        let is_newer = |(user, rev): (UserId, i64)| Column::UserId.eq(user.0).and(Column::ReadRev.gt(rev));
        let any = padded(chunk.iter().copied()).into_iter().map(is_newer);
        let rows: Vec<(Uuid, i64, i64)> = Entity::find()
            .select_only()
            .columns([Column::UserId, Column::RoomId, Column::LastReadSeq])
            .filter(any.fold(Condition::any(), Condition::add))
            .into_tuple()
            .all(&chat.0.db.reader)
            .await?;
        let mut marks: HashMap<Uuid, Vec<(RoomId, Seq)>> = HashMap::new();
        for (user, room, seq) in rows {
            marks.entry(user).or_default().push((RoomId(room), Seq(seq)));
        }
        answer.extend(positions.into_iter().map(|position| ReadMarks {
            user_id: position.user_id,
            reads_rev: position.reads_rev,
            marks: marks.remove(&position.user_id.0).unwrap_or_default(),
        }));
    }
    Ok(answer)
}

impl Marks {
    /// The furthest mark known here; the database may know a further one.
    pub fn latest(&self, user: UserId, room: RoomId) -> Seq {
        self.lock().marks.get(&(user, room)).map_or(Seq::ZERO, |mark| mark.seq)
    }

    fn note(&self, place: Place, seq: Seq, now: Instant) -> Noted {
        let mut recent = self.lock();
        if recent.is_closed {
            return Noted::First;
        }
        if let Some(mark) = recent.marks.get_mut(&place) {
            if seq <= mark.seq {
                return Noted::Old;
            }
            mark.seq = seq;
            mark.is_written = false;
            return Noted::Waits;
        }
        if recent.marks.len() < MARKS_MAX {
            recent.marks.insert(place, Mark { seq, is_written: true, due: now + JOINED_FOR });
            self.noted.notify_one();
        }
        Noted::First
    }

    /// What is to be written now; what was written and not moved since is forgotten.
    fn take_due(&self, now: Instant) -> Vec<(Place, Seq)> {
        let mut due = Vec::new();
        self.lock().marks.retain(|place, mark| {
            if mark.due > now {
                return true;
            }
            if mark.is_written {
                return false;
            }
            due.push((*place, mark.seq));
            mark.is_written = true;
            mark.due = now + JOINED_FOR;
            true
        });
        due
    }

    /// From now on every mark is written at once.
    fn close(&self) -> Vec<(Place, Seq)> {
        let mut recent = self.lock();
        recent.is_closed = true;
        let marks = recent.marks.iter().filter(|(_, mark)| !mark.is_written);
        marks.map(|(place, mark)| (*place, mark.seq)).collect()
    }

    /// The write failed: the mark waits for another.
    fn failed(&self, place: Place) {
        if let Some(mark) = self.lock().marks.get_mut(&place) {
            mark.is_written = false;
        }
    }

    fn is_empty(&self) -> bool {
        self.lock().marks.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_mark_is_written_at_once_and_the_next_ones_are_joined() {
        let (marks, now) = (Marks::default(), Instant::now());
        let place = (UserId::random(), RoomId(1));
        assert_eq!(marks.note(place, Seq(1), now), Noted::First);
        assert_eq!(marks.note(place, Seq(2), now), Noted::Waits);
        assert_eq!(marks.note(place, Seq(4), now), Noted::Waits);
        assert_eq!(marks.note(place, Seq(3), now), Noted::Old);
        assert_eq!(marks.latest(place.0, place.1), Seq(4));
        assert!(marks.take_due(now).is_empty());
        assert_eq!(marks.take_due(now + JOINED_FOR), [(place, Seq(4))]);
    }

    #[test]
    fn a_mark_is_forgotten_once_it_was_written_and_rested() {
        let (marks, now) = (Marks::default(), Instant::now());
        let place = (UserId::random(), RoomId(1));
        marks.note(place, Seq(1), now);
        marks.note(place, Seq(2), now);
        assert_eq!(marks.take_due(now + JOINED_FOR).len(), 1);
        assert!(marks.take_due(now + JOINED_FOR).is_empty());
        assert!(!marks.is_empty());
        assert!(marks.take_due(now + 2 * JOINED_FOR).is_empty());
        assert!(marks.is_empty());
        assert_eq!(marks.note(place, Seq(3), now), Noted::First);
    }

    #[test]
    fn a_mark_whose_write_failed_is_tried_again() {
        let (marks, now) = (Marks::default(), Instant::now());
        let place = (UserId::random(), RoomId(1));
        marks.note(place, Seq(1), now);
        marks.failed(place);
        assert_eq!(marks.take_due(now + JOINED_FOR), [(place, Seq(1))]);
    }

    #[test]
    fn what_waits_at_the_end_is_handed_out_and_nothing_waits_afterwards() {
        let (marks, now) = (Marks::default(), Instant::now());
        let place = (UserId::random(), RoomId(1));
        marks.note(place, Seq(1), now);
        marks.note(place, Seq(2), now);
        assert_eq!(marks.close(), [(place, Seq(2))]);
        assert_eq!(marks.note(place, Seq(3), now), Noted::First);
    }
}
