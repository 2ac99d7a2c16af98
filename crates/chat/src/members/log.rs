//! The changes of rooms' members, kept for a day: a process that missed the event of one finds it here.

use std::time::Duration;

use fanout::Event;
use kit::Result;
use protocol::{
    RoomId, Timestamp, UserId,
    seams::{MemberChange, MemberChanges},
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use crate::{
    Chat, rooms,
    tables::member_changes::{ActiveModel, Column, Entity},
};

/// Longer than anybody's sockets outlive the way to the database.
const KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// Changes of one room in an answer.
const CHANGES_MAX: u64 = 1000;
/// Rows that one step forgets.
const STEP_ROWS: u64 = 500;

/// In the transaction of what the events are about.
pub async fn write(tx: &impl ConnectionTrait, events: &[Event]) -> Result<(), DbErr> {
    let now = Timestamp::now();
    let rows = events.iter().filter_map(|event| match event {
        Event::MemberAdded { room_id, members_rev, user_id, username, .. }
        | Event::MemberRemoved { room_id, members_rev, user_id, username, .. } => Some(ActiveModel {
            id: NotSet,
            room_id: Set(room_id.0),
            members_rev: Set(*members_rev),
            user_id: Set(user_id.0),
            username: Set(username.clone()),
            joined: Set(matches!(event, Event::MemberAdded { .. })),
            changed_at: Set(now.0),
        }),
        _ => None,
    });
    let rows: Vec<ActiveModel> = rows.collect();
    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows).exec_without_returning(tx).await.map(drop)
}

/// What came after these revisions; rooms that are gone are left out.
pub(crate) async fn after(chat: &Chat, asked: &[(RoomId, i64)]) -> Result<Vec<MemberChanges>> {
    let ids: Vec<RoomId> = asked.iter().map(|(room, _)| *room).collect();
    // First: what is changed meanwhile comes with a higher revision than this.
    let states = rooms::states(chat, &ids).await?;
    let mut answer = Vec::with_capacity(states.len());
    for (room_id, after) in asked {
        let Some(state) = states.iter().find(|state| state.room_id == *room_id) else { continue };
        let rows = Entity::find()
            .filter(Column::RoomId.eq(room_id.0))
            .filter(Column::MembersRev.gt(*after))
            .order_by_asc(Column::MembersRev)
            .limit(CHANGES_MAX)
            .all(&chat.0.db.reader)
            .await?;
        let is_part = rows.len() as u64 == CHANGES_MAX;
        let last = rows.last().map_or(*after, |row| row.members_rev);
        answer.push(MemberChanges {
            room_id: *room_id,
            members_rev: if is_part { last } else { last.max(state.members_rev) },
            changes: rows.into_iter().map(MemberChange::from).collect(),
        });
    }
    Ok(answer)
}

/// What is told late carries the new name; the old one stays on messages alone.
pub(crate) async fn rename(tx: &impl ConnectionTrait, user: UserId, username: &str) -> Result<(), DbErr> {
    // Looked up first: an update by a column without an index would lock the changes of everybody.
    let theirs: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::UserId.eq(user.0))
        .into_tuple()
        .all(tx)
        .await?;
    if theirs.is_empty() {
        return Ok(());
    }
    let renamed = Entity::update_many().col_expr(Column::Username, Expr::value(username));
    renamed.filter(Column::Id.is_in(theirs)).exec(tx).await.map(drop)
}

/// One step; `false` once nothing is left that is old enough.
pub(crate) async fn forget_some(chat: &Chat) -> Result<bool> {
    let old: Vec<i64> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::ChangedAt.lt((Timestamp::now() - KEPT_FOR).0))
        .limit(STEP_ROWS)
        .into_tuple()
        .all(&chat.0.db.reader)
        .await?;
    if old.is_empty() {
        return Ok(false);
    }
    Entity::delete_many().filter(Column::Id.is_in(old)).exec(&chat.0.db.writer).await?;
    Ok(true)
}
