//! One batch as one transaction of a handful of statements: lock its rooms in the order of their ids, read what the
//! plan needs, write what it says.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use fanout::Event;
use kit::{
    Error, Result,
    db::{Database, Transaction},
};
use protocol::{
    Code, Message, MessageId, RoomId, Seq, Timestamp, UserId,
    messages::MessageKind,
    seams::{Draft, Sender, Sent},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr},
};

use super::plan::{Answer, Facts, MemberRow, Plan, RoomFacts, plan};
use crate::{
    members::changes::{gone, raise_rooms_revs},
    outbox::Outbox,
    tables::{messages, room_members, rooms},
};

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

pub async fn store(db: &Database, outbox: Outbox, drafts: &[Draft]) -> Result<Outcome, Failure> {
    let tx = db.begin().await?;
    match store_in(&tx, outbox, drafts).await {
        Ok(outcome) => match tx.commit().await {
            Ok(()) => Ok(outcome),
            Err(error) => Err(Failure::Unknown(error, outcome)),
        },
        Err(error) => {
            // Explicitly: after a deadlock or a lock timeout engines differ in what they roll back by themselves.
            if let Err(error) = tx.rollback().await {
                tracing::warn!(%error, "a batch could not be rolled back");
            }
            Err(error.into())
        }
    }
}

async fn store_in(tx: &Transaction, outbox: Outbox, drafts: &[Draft]) -> Result<Outcome, DbErr> {
    let (facts, names) = read_facts(tx, drafts).await?;
    let plan = plan(drafts, &facts);
    let now = Timestamp::now();
    let (stored, events) = write(tx, drafts, &names, &plan, now).await?;
    outbox.write(tx, &events).await?;
    let answers = plan.answers.into_iter().map(|answer| match answer {
        Answer::New(row) => Ok(Sent { message: stored[row].clone(), duplicate: false }),
        Answer::Repeat(row) => Ok(Sent { message: stored[row].clone(), duplicate: true }),
        Answer::Original(message) => Ok(Sent { message: *message, duplicate: true }),
        Answer::Conflict => {
            Err(Error::conflict(Code::Conflict, "This clientMessageId was used in another room."))
        }
        Answer::NotFound => Err(Error::not_found()),
    });
    Ok(Outcome { answers: answers.collect(), events })
}

async fn read_facts(tx: &Transaction, drafts: &[Draft]) -> Result<(Facts, Names), DbErr> {
    // First of all the locks, so that what is read afterwards is as of the locks.
    let ids: BTreeSet<i64> = drafts.iter().map(|draft| draft.room_id.0).collect();
    let locked = rooms::Entity::find()
        .filter(rooms::Column::Id.is_in(ids))
        .order_by_asc(rooms::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let rooms = locked.iter().filter(|room| room.deleted_at.is_none()).map(|room| {
        let facts = RoomFacts {
            is_general: room.is_general(),
            last_seq: Seq(room.last_seq),
            members_rev: room.members_rev,
        };
        (room.room_id(), facts)
    });
    let rooms: HashMap<_, _> = rooms.collect();
    let (members, names) = read_members(tx, drafts).await?;
    let existing = read_existing(tx, drafts, &rooms).await?;
    // Who is about to join: rare.
    let joining = drafts.iter().filter(|draft| {
        let is_general = rooms.get(&draft.room_id).is_some_and(|room| room.is_general);
        is_general && !members.contains_key(&(draft.room_id, draft.sender.user_id))
    });
    let joining: Vec<UserId> = joining.map(|draft| draft.sender.user_id).collect();
    let gone = if joining.is_empty() { HashSet::new() } else { gone(tx, &joining).await? };
    Ok((Facts { rooms, members, gone, existing }, names))
}

async fn read_members(
    tx: &Transaction,
    drafts: &[Draft],
) -> Result<(HashMap<(RoomId, UserId), MemberRow>, Names), DbErr> {
    use room_members::{Column, Entity};
    let mut senders: BTreeMap<RoomId, BTreeSet<UserId>> = BTreeMap::new();
    for draft in drafts {
        senders.entry(draft.room_id).or_default().insert(draft.sender.user_id);
    }
    let mut any = Condition::any();
    for (room, users) in senders {
        let users = users.into_iter().map(|user| user.0);
        any = any.add(Column::RoomId.eq(room.0).and(Column::UserId.is_in(users)));
    }
    let rows: Vec<(i64, i64, uuid::Uuid, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::RoomId, Column::UserId, Column::UsernameSnapshot])
        .filter(any)
        .into_tuple()
        .all(tx)
        .await?;
    let rows = rows.into_iter().map(|(id, room, user, name)| {
        let member = (RoomId(room), UserId(user));
        ((member, id), (member, name))
    });
    Ok(rows.unzip())
}

async fn read_existing(
    tx: &Transaction,
    drafts: &[Draft],
    rooms: &HashMap<RoomId, RoomFacts>,
) -> Result<Vec<(Message, bool)>, DbErr> {
    use messages::{Column, Entity};
    let mut client_ids: BTreeMap<UserId, BTreeSet<&str>> = BTreeMap::new();
    for draft in drafts {
        client_ids.entry(draft.sender.user_id).or_default().insert(draft.client_message_id.as_str());
    }
    let mut any = Condition::any();
    for (user, ids) in client_ids {
        any = any.add(Column::UserId.eq(user.0).and(Column::ClientMessageId.is_in(ids)));
    }
    let rows = Entity::find().filter(any).all(tx).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    // Rooms of the originals that are not rooms of this batch: rare.
    let others = rows.iter().map(|row| row.room_id).filter(|id| !rooms.contains_key(&RoomId(*id)));
    let others: BTreeSet<i64> = others.collect();
    let mut existing_rooms: HashSet<i64> = rooms.keys().map(|id| id.0).collect();
    if !others.is_empty() {
        let found: Vec<i64> = rooms::Entity::find()
            .select_only()
            .column(rooms::Column::Id)
            .filter(rooms::Column::Id.is_in(others).and(rooms::Column::DeletedAt.is_null()))
            .into_tuple()
            .all(tx)
            .await?;
        existing_rooms.extend(found);
    }
    rows.into_iter()
        .map(|row| {
            let room_exists = existing_rooms.contains(&row.room_id);
            let message = Message::try_from(row).map_err(|error| DbErr::Custom(error.to_string()))?;
            Ok((message, room_exists))
        })
        .collect()
}

/// The new messages in the order of the plan's rows, and what to publish.
async fn write(
    tx: &Transaction,
    drafts: &[Draft],
    names: &Names,
    plan: &Plan,
    now: Timestamp,
) -> Result<(Vec<Message>, Vec<Event>), DbErr> {
    if plan.rows.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut events = write_joins(tx, drafts, plan, now).await?;
    write_rooms(tx, plan).await?;
    if !plan.leftovers.is_empty() {
        let ids = plan.leftovers.iter().map(|id| id.0);
        messages::Entity::delete_many().filter(messages::Column::Id.is_in(ids)).exec(tx).await?;
    }
    let stored = write_messages(tx, drafts, names, plan, now).await?;
    write_reads(tx, plan).await?;
    let rows = plan.rows.iter().zip(&stored);
    events.extend(
        rows.map(|(row, message)| Event::Message { message: message.clone(), members_rev: row.members_rev }),
    );
    Ok((stored, events))
}

async fn write_joins(
    tx: &Transaction,
    drafts: &[Draft],
    plan: &Plan,
    now: Timestamp,
) -> Result<Vec<Event>, DbErr> {
    if plan.joins.is_empty() {
        return Ok(Vec::new());
    }
    let rows = plan.joins.iter().map(|join| {
        let draft = &drafts[join.draft];
        room_members::ActiveModel {
            id: NotSet,
            room_id: Set(draft.room_id.0),
            user_id: Set(draft.sender.user_id.0),
            username_snapshot: Set(draft.sender.username.clone()),
            role: Set(room_members::Role::Member),
            last_read_seq: Set(join.last_read_seq.0),
            joined_at: Set(now.0),
        }
    });
    room_members::Entity::insert_many(rows).exec_without_returning(tx).await?;
    let users: Vec<UserId> = plan.joins.iter().map(|join| drafts[join.draft].sender.user_id).collect();
    let rooms_revs = raise_rooms_revs(tx, &users).await?;
    let events = plan.joins.iter().map(|join| {
        let draft = &drafts[join.draft];
        Event::MemberAdded {
            room_id: draft.room_id,
            user_id: draft.sender.user_id,
            username: draft.sender.username.clone(),
            members_rev: join.members_rev,
            rooms_rev: rooms_revs.get(&draft.sender.user_id).copied().unwrap_or_default(),
        }
    });
    Ok(events.collect())
}

async fn write_rooms(tx: &Transaction, plan: &Plan) -> Result<(), DbErr> {
    use rooms::{Column, Entity};
    let by_room = |value: fn(&RoomFacts) -> i64| {
        by_id(Column::Id, plan.rooms.iter().map(|(id, room)| (id.0, value(room))))
    };
    let mut update = Entity::update_many().col_expr(Column::LastSeq, by_room(|room| room.last_seq.0));
    if !plan.joins.is_empty() {
        update = update.col_expr(Column::MembersRev, by_room(|room| room.members_rev));
    }
    update.filter(Column::Id.is_in(plan.rooms.keys().map(|id| id.0))).exec(tx).await?;
    Ok(())
}

async fn write_reads(tx: &Transaction, plan: &Plan) -> Result<(), DbErr> {
    use room_members::{Column, Entity};
    if plan.reads.is_empty() {
        return Ok(());
    }
    let seqs = by_id(Column::Id, plan.reads.iter().map(|(id, seq)| (*id, seq.0)));
    Entity::update_many()
        .col_expr(Column::LastReadSeq, seqs)
        .filter(Column::Id.is_in(plan.reads.keys().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// `CASE id WHEN … THEN … END`: many rows, each with its own value, in one statement.
fn by_id(id: impl ColumnTrait, values: impl Iterator<Item = (i64, i64)>) -> Expr {
    let mut case = CaseStatement::new();
    for (key, value) in values {
        case = case.case(id.eq(key), Expr::value(value));
    }
    case.into()
}

async fn write_messages(
    tx: &Transaction,
    drafts: &[Draft],
    names: &Names,
    plan: &Plan,
    now: Timestamp,
) -> Result<Vec<Message>, DbErr> {
    let name_of =
        |sender: &Sender, room| names.get(&(room, sender.user_id)).unwrap_or(&sender.username).clone();
    let rows = plan.rows.iter().map(|row| {
        let draft = &drafts[row.draft];
        messages::ActiveModel {
            id: NotSet,
            room_id: Set(draft.room_id.0),
            seq: Set(row.seq.0),
            user_id: Set(draft.sender.user_id.0),
            username_snapshot: Set(name_of(&draft.sender, draft.room_id)),
            kind: Set(messages::Kind::Text),
            content: Set(draft.content.clone()),
            file_url: Set(None),
            client_message_id: Set(draft.client_message_id.as_str().into()),
            created_at: Set(now.0),
        }
    });
    messages::Entity::insert_many(rows).exec_without_returning(tx).await?;
    let ids = read_ids(tx, drafts, plan).await?;
    let stored = plan.rows.iter().map(|row| {
        let draft = &drafts[row.draft];
        let id = ids.get(&(draft.room_id, row.seq)).copied();
        let name = name_of(&draft.sender, draft.room_id);
        Ok(Message {
            id: id.ok_or_else(|| DbErr::RecordNotFound("a message just stored".into()))?,
            room_id: draft.room_id,
            seq: row.seq,
            user_id: draft.sender.user_id,
            username: name.clone(),
            username_snapshot: name,
            kind: MessageKind::Text,
            content: draft.content.clone(),
            file_url: None,
            client_message_id: draft.client_message_id.clone(),
            created_at: now,
        })
    });
    stored.collect()
}

/// By reading back, since not every engine returns the ids of many inserted rows.
async fn read_ids(
    tx: &Transaction,
    drafts: &[Draft],
    plan: &Plan,
) -> Result<HashMap<(RoomId, Seq), MessageId>, DbErr> {
    use messages::{Column, Entity};
    let mut first_seqs: BTreeMap<RoomId, Seq> = BTreeMap::new();
    for row in &plan.rows {
        first_seqs.entry(drafts[row.draft].room_id).or_insert(row.seq);
    }
    let mut any = Condition::any();
    for (room, first) in first_seqs {
        any = any.add(Column::RoomId.eq(room.0).and(Column::Seq.gte(first.0)));
    }
    let rows: Vec<(i64, i64, i64)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::RoomId, Column::Seq])
        .filter(any)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, room, seq)| ((RoomId(room), Seq(seq)), MessageId(id))).collect())
}

#[cfg(test)]
mod tests;
