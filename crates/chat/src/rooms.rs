//! Rooms: made, renamed, deleted, and where they stand.

pub mod http;
mod summaries;

use std::{collections::HashSet, ops::RangeInclusive, time::Duration};

use kit::{Error, Result, db::shapes::padded};
use protocol::{
    Room, RoomId, Seq, Timestamp, UserId,
    seams::{Missed, Opened, Positions, RoomDetails, RoomState, Sender},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, IntoCondition},
};

pub use summaries::{of_user, summary};

use crate::{
    Chat,
    members::{self, Membership, changes, require_owner},
    reads,
    tables::{
        room_members::Role,
        rooms::{ActiveModel, Column, Entity, Kind},
    },
};

/// How many ids one statement names at most.
const IDS_MAX: usize = 1000;

/// A room that `owner` owns and is the first member of.
pub async fn create(chat: &Chat, owner: Sender, name: String) -> Result<Room> {
    chat.write(move |chat| {
        let (owner, name) = (owner.clone(), name.clone());
        async move {
            let tx = chat.begin().await?;
            let row = ActiveModel {
                id: NotSet,
                kind: Set(Kind::Room),
                name: Set(name),
                owner_user_id: Set(Some(owner.user_id.0)),
                owner_username_snapshot: Set(Some(owner.username.clone())),
                last_seq: Set(0),
                members_rev: Set(0),
                details_rev: Set(0),
                created_at: Set(Timestamp::now().0),
                deleted_at: Set(None),
            };
            let id = Entity::insert(row).exec(&tx).await?.last_insert_id;
            let room = changes::lock(&tx, RoomId(id)).await?;
            let events = changes::join(&tx, &room, vec![owner], Role::Owner).await?;
            if events.is_empty() {
                // The owner's account is gone: nobody would ever be in this room.
                return Err(Error::unauthorized());
            }
            chat.commit(tx, events).await?;
            Ok(room.to_room())
        }
    })
    .await
}

/// Owners only. The same name is no change.
pub async fn rename(chat: &Chat, membership: Membership, name: String) -> Result<Room> {
    let (owner, room) = (membership.user_id(), membership.room_id());
    chat.write(move |chat| {
        let name = name.clone();
        async move {
            let tx = chat.begin().await?;
            let mut room = changes::lock(&tx, room).await?;
            require_owner(&room, owner)?;
            if room.name == name {
                return Ok(room.to_room());
            }
            room.name = name;
            room.details_rev += 1;
            Entity::update_many()
                .col_expr(Column::Name, Expr::value(room.name.clone()))
                .col_expr(Column::DetailsRev, Expr::value(room.details_rev))
                .filter(Column::Id.eq(room.id))
                .exec(&tx)
                .await?;
            chat.commit(tx, vec![room.updated()]).await?;
            Ok(room.to_room())
        }
    })
    .await
}

/// Owners only. At once invisible; sends that wait for the writer get NOT_FOUND.
pub async fn delete(chat: &Chat, membership: Membership) -> Result<()> {
    let (owner, room) = (membership.user_id(), membership.room_id());
    chat.write(move |chat| async move {
        let tx = chat.begin().await?;
        let room = changes::lock(&tx, room).await?;
        require_owner(&room, owner)?;
        let event = changes::delete(&tx, &room).await?;
        chat.commit(tx, vec![event]).await
    })
    .await
}

/// Where the room stands, for a user who may read it (the general room: who joins by it). NOT_FOUND otherwise.
pub async fn open(chat: &Chat, user: &Sender, room: RoomId) -> Result<Opened> {
    let membership = members::check(chat, user, room).await?;
    Ok(Opened { state: membership.room().state(), read_rev: membership.read_rev() })
}

/// Where these rooms and users stand. What is gone is left out; a user without a record has revision 0.
pub async fn positions(chat: &Chat, rooms: &[RoomId], users: &[UserId]) -> Result<Positions> {
    let rooms = states(chat, rooms).await?;
    let mut positions = Positions { rooms, users: Vec::with_capacity(users.len()) };
    for chunk in users.chunks(IDS_MAX) {
        positions.users.extend(members::revisions(chat, chunk).await?);
    }
    Ok(positions)
}

/// What came after these revisions of rooms' members and of users' marks. What is gone is left out.
pub async fn missed(chat: &Chat, rooms: &[(RoomId, i64)], users: &[(UserId, i64)]) -> Result<Missed> {
    Ok(Missed { rooms: members::log::after(chat, rooms).await?, users: reads::after(chat, users).await? })
}

/// How long a deleted room's messages and members can still be read by those who tell its sockets: they hand out what
/// was committed before its end.
pub(crate) const TOLD_FOR: Duration = Duration::from_secs(10);

/// When the rooms were deleted that can be told of now. A deletion further in the future is one by a clock that was ahead.
pub(crate) fn told_of() -> RangeInclusive<Timestamp> {
    let now = Timestamp::now();
    now - TOLD_FOR..=now + TOLD_FOR
}

/// The room is there, or was deleted a moment ago.
pub(crate) fn can_be_told_of() -> Condition {
    let (first, last) = told_of().into_inner();
    Condition::any().add(Column::DeletedAt.is_null()).add(Column::DeletedAt.between(first.0, last.0))
}

/// Where these rooms stand. What is gone is left out.
pub(crate) async fn states(chat: &Chat, rooms: &[RoomId]) -> Result<Vec<RoomState>> {
    states_of(chat, rooms, &Column::DeletedAt.is_null().into_condition()).await
}

/// As `states`, of rooms as well that were deleted a moment ago.
pub(crate) async fn told_states(chat: &Chat, rooms: &[RoomId]) -> Result<Vec<RoomState>> {
    states_of(chat, rooms, &can_be_told_of()).await
}

async fn states_of(chat: &Chat, rooms: &[RoomId], which: &Condition) -> Result<Vec<RoomState>> {
    let mut states = Vec::with_capacity(rooms.len());
    let rooms: Vec<i64> = rooms.iter().map(|room| room.0).collect::<HashSet<_>>().into_iter().collect();
    for chunk in rooms.chunks(IDS_MAX) {
        let rows: Vec<(i64, i64, i64, i64)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::LastSeq, Column::MembersRev, Column::DetailsRev])
            .filter(Column::Id.is_in(padded(chunk.iter().copied())))
            .filter(which.clone())
            .into_tuple()
            .all(&chat.0.db.reader)
            .await?;
        states.extend(rows.into_iter().map(|(id, last_seq, members_rev, details_rev)| RoomState {
            room_id: RoomId(id),
            last_seq: Seq(last_seq),
            members_rev,
            details_rev,
        }));
    }
    Ok(states)
}

/// These rooms as they are. What is gone is left out.
pub async fn details(chat: &Chat, rooms: &[RoomId]) -> Result<Vec<RoomDetails>> {
    let mut details = Vec::with_capacity(rooms.len());
    for chunk in rooms.chunks(IDS_MAX) {
        let rows = Entity::find()
            .filter(Column::Id.is_in(chunk.iter().map(|room| room.0)))
            .filter(Column::DeletedAt.is_null())
            .all(&chat.0.db.reader)
            .await?;
        details
            .extend(rows.iter().map(|row| RoomDetails { room: row.to_room(), details_rev: row.details_rev }));
    }
    Ok(details)
}

/// NOT_FOUND once nobody can be told of the room any more.
pub(crate) async fn require_told_of(chat: &Chat, room: RoomId) -> Result<()> {
    if told_states(chat, &[room]).await?.is_empty() { Err(Error::not_found()) } else { Ok(()) }
}
