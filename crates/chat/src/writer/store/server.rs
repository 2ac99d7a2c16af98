//! On a server that other processes write to as well: few statements, each for the whole batch, since each is a way there
//! and back.

use std::collections::{BTreeSet, HashMap, HashSet};

use fanout::Event;
use kit::{
    Result,
    db::{
        Database, Transaction,
        shapes::{padded, parts},
    },
};
use protocol::{Message, MessageId, RoomId, Seq, Timestamp, UserId, seams::Draft};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr},
};

use super::{Failure, Names, Outcome, Repeats, message, name_of, outcome};
use crate::{
    members::{
        changes::{gone, raise_rooms_revs},
        log,
    },
    outbox::Outbox,
    tables::{messages, room_members, rooms},
    writer::{
        early,
        plan::{Facts, MemberRow, Plan, RoomFacts, Row, plan},
    },
};

pub async fn store(
    db: &Database,
    outbox: Outbox,
    drafts: &[Draft],
    repeats: Repeats,
) -> Result<Outcome, Failure> {
    let tx = db.begin().await?;
    match store_in(&tx, outbox, drafts, repeats).await {
        Ok(outcome) => {
            early::publish(&outcome);
            match tx.commit().await {
                Ok(()) => Ok(outcome),
                Err(error) => Err(Failure::Unknown(error, outcome)),
            }
        }
        Err(error) => {
            // Explicitly: after a deadlock or a lock timeout engines differ in what they roll back by themselves.
            if let Err(error) = tx.rollback().await {
                tracing::warn!(%error, "a batch could not be rolled back");
            }
            Err(error.into())
        }
    }
}

async fn store_in(
    tx: &Transaction,
    outbox: Outbox,
    drafts: &[Draft],
    repeats: Repeats,
) -> Result<Outcome, DbErr> {
    let (facts, names, step) = read_facts(tx, drafts, repeats).await?;
    let plan = plan(drafts, &facts);
    let now = Timestamp::now();
    let (stored, events) = write(tx, drafts, &names, &plan, step, now).await?;
    let outcome = outcome(plan, stored, events);
    log::write(tx, &outcome.events).await?;
    outbox.write(tx, &outcome.events).await?;
    Ok(outcome)
}

/// How far apart the server gives ids to the rows of one statement: more than 1 in a cluster of several primaries.
type Step = i64;

async fn read_facts(
    tx: &Transaction,
    drafts: &[Draft],
    repeats: Repeats,
) -> Result<(Facts, Names, Step), DbErr> {
    // First of all the locks, so that what is read afterwards is as of the locks.
    let (rooms, step) = lock_rooms(tx, drafts).await?;
    let (members, names) = read_members(tx, drafts).await?;
    // Who is about to join: rare.
    let joining = drafts.iter().filter(|draft| {
        let is_general = rooms.get(&draft.room_id).is_some_and(|room| room.is_general);
        is_general && !members.contains_key(&(draft.room_id, draft.sender.user_id))
    });
    let joining: Vec<UserId> = joining.map(|draft| draft.sender.user_id).collect();
    let gone = if joining.is_empty() { HashSet::new() } else { gone(tx, &joining).await? };
    let mut facts = Facts { rooms, members, gone, existing: Vec::new() };
    // A repeat is answered even to who may not send any more.
    let asked = drafts.iter().filter(|draft| repeats == Repeats::Likely || !facts.may_send(draft));
    let asked: BTreeSet<ClientId<'_>> = asked.map(client_id).collect();
    if !asked.is_empty() {
        facts.existing = read_existing(tx, asked, &facts.rooms).await?;
    }
    Ok((facts, names, step))
}

async fn lock_rooms(tx: &Transaction, drafts: &[Draft]) -> Result<(HashMap<RoomId, RoomFacts>, Step), DbErr> {
    use rooms::{Column, Entity, Kind};
    let step = match tx.get_database_backend() {
        DbBackend::Sqlite => "1",
        _ => "CAST(@@auto_increment_increment AS SIGNED)",
    };
    let ids: BTreeSet<i64> = drafts.iter().map(|draft| draft.room_id.0).collect();
    let locked: Vec<(i64, Kind, i64, i64, Option<i64>, Step)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Kind, Column::LastSeq, Column::MembersRev, Column::DeletedAt])
        .expr(Expr::cust(step))
        .filter(Column::Id.is_in(padded(ids)))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?;
    let step = locked.first().map_or(1, |(.., step)| *step);
    let rooms = locked.into_iter().filter(|(_, _, _, _, deleted_at, _)| deleted_at.is_none());
    let rooms = rooms.map(|(id, kind, last_seq, members_rev, ..)| {
        let is_general = kind == Kind::General;
        (RoomId(id), RoomFacts { is_general, last_seq: Seq(last_seq), members_rev })
    });
    Ok((rooms.collect(), step))
}

/// What a message is known by, of its sender.
type ClientId<'a> = (UserId, &'a str);

fn client_id(draft: &Draft) -> ClientId<'_> {
    (draft.sender.user_id, draft.client_message_id.as_str())
}

async fn read_members(
    tx: &Transaction,
    drafts: &[Draft],
) -> Result<(HashMap<(RoomId, UserId), MemberRow>, Names), DbErr> {
    use room_members::{Column, Entity};
    let senders: BTreeSet<(RoomId, UserId)> =
        drafts.iter().map(|draft| (draft.room_id, draft.sender.user_id)).collect();
    let is_member = |(room, user): (RoomId, UserId)| Column::RoomId.eq(room.0).and(Column::UserId.eq(user.0));
    let any = any_of(padded(senders).into_iter().map(is_member));
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
    client_ids: BTreeSet<ClientId<'_>>,
    rooms: &HashMap<RoomId, RoomFacts>,
) -> Result<Vec<(Message, bool)>, DbErr> {
    use messages::{Column, Entity};
    let is_repeat = |(user, id): ClientId<'_>| Column::UserId.eq(user.0).and(Column::ClientMessageId.eq(id));
    let any = any_of(padded(client_ids).into_iter().map(is_repeat));
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

/// The new messages in the order of the plan's rows, and what to publish before them.
async fn write(
    tx: &Transaction,
    drafts: &[Draft],
    names: &Names,
    plan: &Plan,
    step: Step,
    now: Timestamp,
) -> Result<(Vec<Message>, Vec<Event>), DbErr> {
    if plan.rows.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let events = write_joins(tx, drafts, plan, now).await?;
    write_rooms(tx, plan).await?;
    if !plan.leftovers.is_empty() {
        let ids = plan.leftovers.iter().map(|id| id.0);
        messages::Entity::delete_many().filter(messages::Column::Id.is_in(ids)).exec(tx).await?;
    }
    let stored = write_messages(tx, drafts, names, plan, step, now).await?;
    write_reads(tx, plan).await?;
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
            read_rev: NotSet,
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
    update.filter(Column::Id.is_in(padded(plan.rooms.keys().map(|id| id.0)))).exec(tx).await?;
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
        .filter(Column::Id.is_in(padded(plan.reads.keys().copied())))
        .exec(tx)
        .await?;
    Ok(())
}

fn any_of(conditions: impl Iterator<Item = Expr>) -> Condition {
    conditions.fold(Condition::any(), Condition::add)
}

/// `CASE id WHEN … THEN … END`: many rows, each with its own value, in one statement.
fn by_id(id: impl ColumnTrait, values: impl Iterator<Item = (i64, i64)>) -> Expr {
    let mut case = CaseStatement::new();
    for (key, value) in padded(values) {
        case = case.case(id.eq(key), Expr::value(value));
    }
    case.into()
}

async fn write_messages(
    tx: &Transaction,
    drafts: &[Draft],
    names: &Names,
    plan: &Plan,
    step: Step,
    now: Timestamp,
) -> Result<Vec<Message>, DbErr> {
    let mut stored = Vec::with_capacity(plan.rows.len());
    for part in parts(&plan.rows) {
        let ids = insert(tx, drafts, names, part, step, now).await?;
        let messages =
            part.iter().zip(ids).map(|(row, id)| message(&drafts[row.draft], *row, names, id, now));
        stored.extend(messages);
    }
    Ok(stored)
}

/// The ids are those that the server says it gave to the statement, of which it names one: where it is known how many
/// rows a statement inserts, they follow each other, whatever others insert meanwhile.
async fn insert(
    tx: &Transaction,
    drafts: &[Draft],
    names: &Names,
    rows: &[Row],
    step: Step,
    now: Timestamp,
) -> Result<impl Iterator<Item = MessageId>, DbErr> {
    let models = rows.iter().map(|row| {
        let draft = &drafts[row.draft];
        messages::ActiveModel {
            id: NotSet,
            room_id: Set(draft.room_id.0),
            seq: Set(row.seq.0),
            user_id: Set(draft.sender.user_id.0),
            username_snapshot: Set(name_of(&draft.sender, draft.room_id, names).into()),
            kind: Set(messages::Kind::Text),
            content: Set(draft.content.clone()),
            file_url: Set(None),
            client_message_id: Set(draft.client_message_id.as_str().into()),
            created_at: Set(now.0),
        }
    });
    let named = messages::Entity::insert_many(models).exec(tx).await?.last_insert_id;
    let named = named.ok_or(DbErr::RecordNotInserted)?;
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let first = match tx.get_database_backend() {
        DbBackend::Sqlite => named - (count - 1),
        _ => named,
    };
    Ok((0..count).map(move |nth| MessageId(first + nth * step)))
}
