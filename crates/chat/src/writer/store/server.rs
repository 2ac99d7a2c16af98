//! On a server that other processes write to as well: few statements, each for the whole batch, since each is a way there
//! and back.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr},
};

use super::{Failure, Names, Outcome, message, name_of, outcome};
use crate::{
    members::{
        changes::{gone, raise_rooms_revs},
        log,
    },
    outbox::Outbox,
    tables::{messages, room_members, rooms},
    writer::{
        early,
        plan::{Facts, MemberRow, Plan, RoomFacts, plan},
    },
};

pub async fn store(db: &Database, outbox: Outbox, drafts: &[Draft]) -> Result<Outcome, Failure> {
    let tx = db.begin().await?;
    match store_in(&tx, outbox, drafts).await {
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

async fn store_in(tx: &Transaction, outbox: Outbox, drafts: &[Draft]) -> Result<Outcome, DbErr> {
    let (facts, names) = read_facts(tx, drafts).await?;
    let plan = plan(drafts, &facts);
    let now = Timestamp::now();
    let (stored, events) = write(tx, drafts, &names, &plan, now).await?;
    let outcome = outcome(plan, stored, events);
    log::write(tx, &outcome.events).await?;
    outbox.write(tx, &outcome.events).await?;
    Ok(outcome)
}

async fn read_facts(tx: &Transaction, drafts: &[Draft]) -> Result<(Facts, Names), DbErr> {
    // First of all the locks, so that what is read afterwards is as of the locks.
    let ids: BTreeSet<i64> = drafts.iter().map(|draft| draft.room_id.0).collect();
    let locked = rooms::Entity::find()
        .filter(rooms::Column::Id.is_in(padded(ids)))
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
    drafts: &[Draft],
    rooms: &HashMap<RoomId, RoomFacts>,
) -> Result<Vec<(Message, bool)>, DbErr> {
    use messages::{Column, Entity};
    let client_ids: BTreeSet<(UserId, &str)> =
        drafts.iter().map(|draft| (draft.sender.user_id, draft.client_message_id.as_str())).collect();
    let is_repeat =
        |(user, id): (UserId, &str)| Column::UserId.eq(user.0).and(Column::ClientMessageId.eq(id));
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
    let stored = write_messages(tx, drafts, names, plan, now).await?;
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
    now: Timestamp,
) -> Result<Vec<Message>, DbErr> {
    let rows = plan.rows.iter().map(|row| {
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
    let rows: Vec<_> = rows.collect();
    for part in parts(&rows) {
        messages::Entity::insert_many(part.to_vec()).exec_without_returning(tx).await?;
    }
    let ids = read_ids(tx, drafts, plan).await?;
    let stored = plan.rows.iter().map(|row| {
        let draft = &drafts[row.draft];
        let id = ids.get(&(draft.room_id, row.seq)).copied();
        let id = id.ok_or_else(|| DbErr::RecordNotFound("a message just stored".into()))?;
        Ok(message(draft, *row, names, id, now))
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
    let is_new = |(room, first): (RoomId, Seq)| Column::RoomId.eq(room.0).and(Column::Seq.gte(first.0));
    let any = any_of(padded(first_seqs).into_iter().map(is_new));
    let rows: Vec<(i64, i64, i64)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::RoomId, Column::Seq])
        .filter(any)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id, room, seq)| ((RoomId(room), Seq(seq)), MessageId(id))).collect())
}
