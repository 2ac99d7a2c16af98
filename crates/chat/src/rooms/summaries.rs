//! Rooms as their members see them in a list: what is unread, and the last message.

use std::{cmp::Reverse, collections::HashMap};

use kit::{Error, Result, db::shapes::padded};
use protocol::{Message, RoomId, Seq, UserId, rooms::RoomSummary};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter};

use crate::{
    Chat,
    members::Membership,
    tables::{
        messages, room_members,
        rooms::{self, Kind},
    },
};

/// How many rooms one statement names at most: engines limit how deep an expression may be.
const ROOMS_MAX: usize = 200;

/// The rooms of the user without general, the one with the newest message (or, empty, made last) first; where that is
/// the same millisecond, by the ids of message and room.
pub async fn of_user(chat: &Chat, user: UserId) -> Result<Vec<RoomSummary>> {
    let rows = room_members::Entity::find()
        .filter(room_members::Column::UserId.eq(user.0))
        .find_also_related(rooms::Entity)
        .filter(rooms::Column::DeletedAt.is_null())
        .filter(rooms::Column::Kind.ne(Kind::General))
        .all(&chat.0.db.reader)
        .await?;
    let rows: Vec<_> = rows.into_iter().filter_map(|(member, room)| Some((member, room?))).collect();
    let places: Vec<_> = rows.iter().map(|(_, room)| (room.room_id(), Seq(room.last_seq))).collect();
    let mut last_messages = last_messages(chat, &places).await?;
    let mut summaries: Vec<_> = rows
        .into_iter()
        .map(|(member, room)| {
            let last_message = last_messages.remove(&room.room_id());
            summarise(chat, user, &room, Seq(member.last_read_seq), last_message)
        })
        .collect();
    summaries.sort_by_key(|summary| {
        let last = summary.last_message.as_ref();
        let active_at = last.map_or(summary.room.created_at, |last| last.created_at);
        Reverse((active_at, last.map(|last| last.id), summary.room.id))
    });
    Ok(summaries)
}

pub async fn summary(chat: &Chat, membership: &Membership) -> Result<RoomSummary> {
    let place = (membership.room_id(), membership.last_seq());
    let last_message = last_messages(chat, &[place]).await?.remove(&membership.room_id());
    Ok(summarise(chat, membership.user_id(), membership.room(), membership.last_read_seq(), last_message))
}

fn summarise(
    chat: &Chat,
    user: UserId,
    room: &rooms::Model,
    stored_read_seq: Seq,
    last_message: Option<Message>,
) -> RoomSummary {
    // A mark may still wait to be written.
    let last_read_seq =
        chat.0.reads.latest(user, room.room_id()).max(stored_read_seq).min(Seq(room.last_seq));
    RoomSummary {
        room: room.to_room(),
        last_seq: Seq(room.last_seq),
        last_read_seq,
        unread: room.last_seq - last_read_seq.0,
        last_message,
    }
}

async fn last_messages(chat: &Chat, places: &[(RoomId, Seq)]) -> Result<HashMap<RoomId, Message>> {
    use messages::{Column, Entity};
    let mut found = HashMap::with_capacity(places.len());
    for chunk in places.chunks(ROOMS_MAX) {
        let mut any = Condition::any();
        for (room, seq) in padded(chunk.iter().copied()) {
            any = any.add(Column::RoomId.eq(room.0).and(Column::Seq.eq(seq.0)));
        }
        for row in Entity::find().filter(any).all(&chat.0.db.reader).await? {
            let message = Message::try_from(row).map_err(Error::internal)?;
            found.insert(message.room_id, message);
        }
    }
    Ok(found)
}
