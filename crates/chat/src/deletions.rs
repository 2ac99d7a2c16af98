//! Removes the rows of deleted rooms and old changes of members, in steps small enough that the writer never waits long for
//! one, and what deleted rows left in the files. The room's own row goes last; its id is never used again.

use std::time::Duration;

use kit::Result;
use protocol::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use tokio_util::sync::CancellationToken;

use crate::{
    Chat, members,
    rooms::{TOLD_FOR, told_of},
    tables::{messages, room_members, rooms},
};

const STEP_ROWS: u32 = 500;
/// Rooms are swept when they are deleted; this picks up what an earlier process left.
const EVERY: Duration = Duration::from_secs(60);
/// How soon what could not be purged is tried again, and what can be told of until then is swept.
const PURGE_PAUSE: Duration = TOLD_FOR;

pub(crate) async fn sweep_rooms(chat: Chat, stopping: CancellationToken) {
    let mut is_to_purge = true;
    loop {
        if let Err(error) = sweep(&chat, &mut is_to_purge, &stopping).await {
            tracing::warn!(%error, "what was deleted could not be swept; later again");
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = chat.0.something_deleted.notified() => is_to_purge = true,
            () = tokio::time::sleep(if is_to_purge { PURGE_PAUSE } else { EVERY }) => {}
        }
    }
}

/// `is_to_purge`: something was deleted since the files were last purged.
async fn sweep(chat: &Chat, is_to_purge: &mut bool, stopping: &CancellationToken) -> Result<()> {
    let deleted: Vec<(i64, i64)> = rooms::Entity::find()
        .select_only()
        .columns([rooms::Column::Id, rooms::Column::DeletedAt])
        .filter(rooms::Column::DeletedAt.is_not_null())
        .into_tuple()
        .all(&chat.0.db.reader)
        .await?;
    let told_of = told_of();
    let (told_of, due): (Vec<_>, Vec<_>) =
        deleted.into_iter().partition(|(_, at)| told_of.contains(&Timestamp(*at)));
    for (room, _) in due {
        *is_to_purge = true;
        while !stopping.is_cancelled() && remove_some(chat, room).await? {}
    }
    while !stopping.is_cancelled() && members::log::forget_some(chat).await? {
        *is_to_purge = true;
    }
    if *is_to_purge && let Some(is_purged) = stopping.run_until_cancelled(chat.0.db.purge()).await {
        *is_to_purge = !is_purged?;
    }
    *is_to_purge |= !told_of.is_empty();
    Ok(())
}

/// One step; `false` once nothing of the room is left.
async fn remove_some(chat: &Chat, room: i64) -> Result<bool> {
    let (reader, writer) = (&chat.0.db.reader, &chat.0.db.writer);
    let first: Option<i64> = messages::Entity::find()
        .select_only()
        .column(messages::Column::Seq)
        .filter(messages::Column::RoomId.eq(room))
        .order_by_asc(messages::Column::Seq)
        .into_tuple()
        .one(reader)
        .await?;
    if let Some(first) = first {
        messages::Entity::delete_many()
            .filter(messages::Column::RoomId.eq(room))
            .filter(messages::Column::Seq.lt(first + i64::from(STEP_ROWS)))
            .exec(writer)
            .await?;
        return Ok(true);
    }
    let members: Vec<i64> = room_members::Entity::find()
        .select_only()
        .column(room_members::Column::Id)
        .filter(room_members::Column::RoomId.eq(room))
        .limit(u64::from(STEP_ROWS))
        .into_tuple()
        .all(reader)
        .await?;
    if !members.is_empty() {
        room_members::Entity::delete_many()
            .filter(room_members::Column::Id.is_in(members))
            .exec(writer)
            .await?;
        return Ok(true);
    }
    rooms::Entity::delete_many()
        .filter(rooms::Column::Id.eq(room))
        .filter(rooms::Column::DeletedAt.is_not_null())
        .exec(writer)
        .await?;
    Ok(false)
}
