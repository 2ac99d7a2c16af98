//! Memberships of many at once: a room's members page by page, and what sockets ask about rooms and users. Revisions
//! are read before what they stand for: a change in between is seen twice, never missed.

use std::collections::{HashMap, HashSet};

use kit::{Result, db::shapes::padded};
use protocol::{
    RoomId, Seq, UserId,
    rooms::Member,
    seams::{RoomMembers, RoomState, Sender, UserPosition, UserRooms},
};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait};
use uuid::Uuid;

use super::{Membership, PAGE_MAX};
use crate::{
    Chat,
    tables::{room_members, rooms, user_revisions},
};

/// How many ids one statement names at most.
const IDS_MAX: usize = 1000;

/// One page of a room's members after `after`, ordered by user id, and whether there are more.
pub async fn page(
    chat: &Chat,
    membership: &Membership,
    after: Option<UserId>,
) -> Result<(Vec<Member>, bool)> {
    use room_members::{Column, Entity};
    let mut query = Entity::find().filter(Column::RoomId.eq(membership.room_id().0));
    if let Some(after) = after {
        query = query.filter(Column::UserId.gt(after.0));
    }
    let mut rows = query.order_by_asc(Column::UserId).limit(PAGE_MAX + 1).all(&chat.0.db.reader).await?;
    let has_more = rows.len() as u64 > PAGE_MAX;
    rows.truncate(usize::try_from(PAGE_MAX).unwrap_or(usize::MAX));
    Ok((rows.into_iter().map(Member::from).collect(), has_more))
}

/// All rooms of the users, general (joined by it) included, in the order of `users`.
pub async fn rooms_of(chat: &Chat, users: &[Sender]) -> Result<Vec<UserRooms>> {
    join_general_where_missing(chat, users).await?;
    let mut answer: Vec<UserRooms> = Vec::with_capacity(users.len());
    for chunk in users.chunks(IDS_MAX) {
        let ids: Vec<UserId> = chunk.iter().map(|user| user.user_id).collect();
        let positions = revisions(chat, &ids).await?;
        let mut rooms: HashMap<Uuid, Vec<RoomState>> = HashMap::new();
        let mut deleted: HashMap<Uuid, Vec<RoomId>> = HashMap::new();
        let rows: Vec<(Uuid, i64, i64, i64, i64, Option<i64>)> = room_members::Entity::find()
            .select_only()
            .column(room_members::Column::UserId)
            .columns([rooms::Column::Id, rooms::Column::LastSeq])
            .columns([rooms::Column::MembersRev, rooms::Column::DetailsRev, rooms::Column::DeletedAt])
            .join(JoinType::InnerJoin, room_members::Relation::Room.def())
            .filter(room_members::Column::UserId.is_in(padded(ids.iter().map(|user| user.0))))
            .order_by_asc(rooms::Column::Id)
            .into_tuple()
            .all(&chat.0.db.reader)
            .await?;
        for (user, room, last_seq, members_rev, details_rev, deleted_at) in rows {
            let (room_id, last_seq) = (RoomId(room), Seq(last_seq));
            if deleted_at.is_some() {
                deleted.entry(user).or_default().push(room_id);
            } else {
                let state = RoomState { room_id, last_seq, members_rev, details_rev };
                rooms.entry(user).or_default().push(state);
            }
        }
        answer.extend(positions.into_iter().map(|position| UserRooms {
            user_id: position.user_id,
            rooms_rev: position.rooms_rev,
            reads_rev: position.reads_rev,
            rooms: rooms.get(&position.user_id.0).cloned().unwrap_or_default(),
            deleted: deleted.get(&position.user_id.0).cloned().unwrap_or_default(),
        }));
    }
    Ok(answer)
}

async fn join_general_where_missing(chat: &Chat, users: &[Sender]) -> Result<()> {
    for chunk in users.chunks(IDS_MAX) {
        let present = members_of(chat, chat.0.general, chunk.iter().map(|user| user.user_id)).await?;
        let missing: Vec<Sender> =
            chunk.iter().filter(|user| !present.contains(&user.user_id)).cloned().collect();
        if !missing.is_empty() {
            super::join_general(chat, missing).await?;
        }
    }
    Ok(())
}

/// Which of these users are members of these rooms. Rooms that are gone are left out, a moment later those deleted.
pub async fn among(chat: &Chat, asked: &[(RoomId, Vec<UserId>)]) -> Result<Vec<RoomMembers>> {
    let ids: Vec<RoomId> = asked.iter().map(|(room, _)| *room).collect();
    let states = crate::rooms::told_states(chat, &ids).await?;
    let revs: HashMap<RoomId, i64> =
        states.into_iter().map(|state| (state.room_id, state.members_rev)).collect();
    let mut answer = Vec::with_capacity(asked.len());
    for (room, users) in asked {
        let Some(members_rev) = revs.get(room).copied() else { continue };
        let mut present = HashSet::new();
        for chunk in users.chunks(IDS_MAX) {
            present.extend(members_of(chat, *room, chunk.iter().copied()).await?);
        }
        let users = users.iter().filter(|user| present.contains(user)).copied().collect();
        answer.push(RoomMembers { room_id: *room, members_rev, users });
    }
    Ok(answer)
}

async fn members_of(
    chat: &Chat,
    room: RoomId,
    users: impl Iterator<Item = UserId>,
) -> Result<HashSet<UserId>> {
    let rows: Vec<Uuid> = room_members::Entity::find()
        .select_only()
        .column(room_members::Column::UserId)
        .filter(room_members::Column::RoomId.eq(room.0))
        .filter(room_members::Column::UserId.is_in(padded(users.map(|user| user.0))))
        .into_tuple()
        .all(&chat.0.db.reader)
        .await?;
    Ok(rows.into_iter().map(UserId).collect())
}

/// Where these users stand, in the order asked; 0 without a record.
pub(crate) async fn revisions(chat: &Chat, users: &[UserId]) -> Result<Vec<UserPosition>> {
    use user_revisions::{Column, Entity};
    let query = Entity::find().filter(Column::UserId.is_in(padded(users.iter().map(|user| user.0))));
    let rows = query.all(&chat.0.db.reader).await?;
    let rows: HashMap<Uuid, user_revisions::Model> = rows.into_iter().map(|row| (row.user_id, row)).collect();
    let positions = users.iter().map(|user_id| {
        let (rooms_rev, reads_rev) =
            rows.get(&user_id.0).map_or((0, 0), |row| (row.rooms_rev, row.reads_rev));
        UserPosition { user_id: *user_id, rooms_rev, reads_rev }
    });
    Ok(positions.collect())
}
