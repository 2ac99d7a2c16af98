//! Joining and leaving, within a transaction that holds the room's lock. Each returns the events to publish after the
//! commit.

use std::collections::{BTreeSet, HashMap, HashSet};

use fanout::Event;
use kit::{Error, Result, db::Transaction};
use protocol::{RoomId, Seq, Timestamp, UserId, seams::Sender};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use crate::tables::{
    room_members::{self, Role},
    rooms, user_revisions,
};

/// The room under its lock. Every change of its log or members begins with this, so that they have one order.
pub async fn lock(tx: &Transaction, room: RoomId) -> Result<rooms::Model> {
    let room = rooms::Entity::find_by_id(room.0).lock_exclusive().one(tx).await?;
    room.filter(|room| room.deleted_at.is_none()).ok_or_else(Error::not_found)
}

/// Adds those who are not in it yet and whose account is not gone; they have read everything so far.
pub async fn join(
    tx: &Transaction,
    room: &rooms::Model,
    mut users: Vec<Sender>,
    role: Role,
) -> Result<Vec<Event>> {
    let asked: Vec<_> = users.iter().map(|user| user.user_id.0).collect();
    let mut present: HashSet<uuid::Uuid> = room_members::Entity::find()
        .select_only()
        .column(room_members::Column::UserId)
        .filter(room_members::Column::RoomId.eq(room.id))
        .filter(room_members::Column::UserId.is_in(asked))
        .into_tuple()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let ids: Vec<UserId> = users.iter().map(|user| user.user_id).collect();
    let gone = gone(tx, &ids).await?;
    users.retain(|user| !gone.contains(&user.user_id) && present.insert(user.user_id.0));
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let now = Timestamp::now();
    let rows = users.iter().map(|user| room_members::ActiveModel {
        id: NotSet,
        room_id: Set(room.id),
        user_id: Set(user.user_id.0),
        username_snapshot: Set(user.username.clone()),
        role: Set(role),
        last_read_seq: Set(room.last_seq),
        read_rev: NotSet,
        joined_at: Set(now.0),
    });
    room_members::Entity::insert_many(rows).exec_without_returning(tx).await?;
    let first_rev = raise_members_rev(tx, room, users.len()).await?;
    let ids: Vec<UserId> = users.iter().map(|user| user.user_id).collect();
    let rooms_revs = raise_rooms_revs(tx, &ids).await?;
    let events = (first_rev..).zip(users).map(|(members_rev, user)| Event::MemberAdded {
        room_id: room.room_id(),
        user_id: user.user_id,
        rooms_rev: rooms_revs.get(&user.user_id).copied().unwrap_or_default(),
        username: user.username,
        members_rev,
    });
    Ok(events.collect())
}

/// Removes one, or nothing if they are not in it. An owner hands over to the longest-standing member; the last one
/// out deletes the room, the general one excepted.
pub async fn leave(tx: &Transaction, room: &rooms::Model, user: UserId) -> Result<Vec<Event>> {
    let member = room_members::Entity::find()
        .filter(room_members::Column::RoomId.eq(room.id))
        .filter(room_members::Column::UserId.eq(user.0))
        .one(tx)
        .await?;
    let Some(member) = member else { return Ok(Vec::new()) };
    room_members::Entity::delete_by_id(member.id).exec(tx).await?;
    let members_rev = raise_members_rev(tx, room, 1).await?;
    let rooms_rev = raise_rooms_revs(tx, &[user]).await?.get(&user).copied().unwrap_or_default();
    let mut events = vec![Event::MemberRemoved {
        room_id: room.room_id(),
        user_id: user,
        username: member.username_snapshot,
        members_rev,
        rooms_rev,
        last_seq: Seq(room.last_seq),
    }];
    if room.is_owned_by(user) {
        events.push(hand_over(tx, room).await?);
    }
    Ok(events)
}

async fn hand_over(tx: &Transaction, room: &rooms::Model) -> Result<Event> {
    let heir = room_members::Entity::find()
        .filter(room_members::Column::RoomId.eq(room.id))
        .order_by_asc(room_members::Column::JoinedAt)
        .order_by_asc(room_members::Column::Id)
        .one(tx)
        .await?;
    let Some(heir) = heir else { return delete(tx, room).await };
    room_members::Entity::update_many()
        .col_expr(room_members::Column::Role, Expr::value(Role::Owner))
        .filter(room_members::Column::Id.eq(heir.id))
        .exec(tx)
        .await?;
    let mut room = room.clone();
    room.owner_user_id = Some(heir.user_id);
    room.owner_username_snapshot = Some(heir.username_snapshot);
    room.details_rev += 1;
    rooms::Entity::update_many()
        .col_expr(rooms::Column::OwnerUserId, Expr::value(room.owner_user_id))
        .col_expr(rooms::Column::OwnerUsernameSnapshot, Expr::value(room.owner_username_snapshot.clone()))
        .col_expr(rooms::Column::DetailsRev, Expr::value(room.details_rev))
        .filter(rooms::Column::Id.eq(room.id))
        .exec(tx)
        .await?;
    Ok(room.updated())
}

/// Makes the room invisible; its rows go later, in small steps.
pub async fn delete(tx: &Transaction, room: &rooms::Model) -> Result<Event> {
    rooms::Entity::update_many()
        .col_expr(rooms::Column::DeletedAt, Expr::value(Timestamp::now().0))
        .filter(rooms::Column::Id.eq(room.id))
        .exec(tx)
        .await?;
    // Whoever is in a room has a row there.
    let mut members = sea_orm::sea_query::Query::select();
    members
        .column(room_members::Column::UserId)
        .from(room_members::Entity)
        .and_where(room_members::Column::RoomId.eq(room.id));
    user_revisions::Entity::update_many()
        .col_expr(user_revisions::Column::RoomsRev, Expr::col(user_revisions::Column::RoomsRev).add(1))
        .filter(user_revisions::Column::UserId.in_subquery(members))
        .exec(tx)
        .await?;
    Ok(Event::RoomDeleted { room_id: room.room_id() })
}

/// From now on the user joins nothing: a request that was let in before the account was deleted may still be running.
pub async fn bar(tx: &Transaction, user: UserId) -> Result<()> {
    use user_revisions::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        user_id: Set(user.0),
        rooms_rev: Set(1),
        reads_rev: NotSet,
        gone_at: Set(Some(Timestamp::now().0)),
    };
    Entity::insert(row)
        .on_conflict(OnConflict::column(Column::UserId).update_column(Column::GoneAt).to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Whose account is gone. Locks their revisions, so that `bar` comes before this or after the join; they are made
/// where missing, since what is not there cannot be locked.
pub async fn gone(tx: &Transaction, users: &[UserId]) -> Result<HashSet<UserId>, DbErr> {
    let rows = upsert(tx, users, 0).await?;
    Ok(rows.into_iter().filter(|row| row.gone_at.is_some()).map(|row| UserId(row.user_id)).collect())
}

/// The revision of the first of `count` changes.
async fn raise_members_rev(tx: &Transaction, room: &rooms::Model, count: usize) -> Result<i64> {
    let count = i64::try_from(count).map_err(Error::internal)?;
    rooms::Entity::update_many()
        .col_expr(rooms::Column::MembersRev, Expr::value(room.members_rev + count))
        .filter(rooms::Column::Id.eq(room.id))
        .exec(tx)
        .await?;
    Ok(room.members_rev + 1)
}

/// Their revisions afterwards.
pub async fn raise_rooms_revs(tx: &Transaction, users: &[UserId]) -> Result<HashMap<UserId, i64>, DbErr> {
    let rows = upsert(tx, users, 1).await?;
    Ok(rows.into_iter().map(|row| (UserId(row.user_id), row.rooms_rev)).collect())
}

/// Raises their `rooms_rev` by so much, from 0 where there is none, and returns the rows under their locks.
async fn upsert(tx: &Transaction, users: &[UserId], raise: i64) -> Result<Vec<user_revisions::Model>, DbErr> {
    use user_revisions::{ActiveModel, Column, Entity};
    // In one order, so that two transactions never wait for each other.
    let users: BTreeSet<_> = users.iter().map(|user| user.0).collect();
    let rows = users.iter().map(|user| ActiveModel {
        user_id: Set(*user),
        rooms_rev: Set(raise),
        reads_rev: NotSet,
        gone_at: NotSet,
    });
    let raised = Expr::col((Entity, Column::RoomsRev)).add(raise);
    Entity::insert_many(rows)
        .on_conflict(OnConflict::column(Column::UserId).value(Column::RoomsRev, raised).to_owned())
        .exec_without_returning(tx)
        .await?;
    Entity::find().filter(Column::UserId.is_in(users)).all(tx).await
}
