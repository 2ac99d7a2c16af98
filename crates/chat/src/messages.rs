//! Messages: one way in, whoever calls it, and pages of a room's log out.

pub mod http;

use kit::{Error, Result, fault_points::Mistake, traces};
use protocol::{
    ClientMessageId, Message, RoomId, Seq,
    messages::PAGE_MAX,
    seams::{Draft, Page, Sender, Sent},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select};

use crate::{
    Chat, Inner,
    members::{self, Membership},
    recent::Json,
    rooms,
    tables::messages::{Column, Entity, Model, Relation},
    writer,
};

/// Drafts that enter the writer's queue together or not at all.
const CHUNK_MAX: usize = 256;

/// Stores and publishes. One answer for each draft, in order: NOT_FOUND to strangers, CONFLICT for a client id used
/// in another room, RATE_LIMITED, UNAVAILABLE when the queue is full. Once called, what was accepted is stored even
/// if the caller goes away.
pub async fn send(chat: &Chat, drafts: Vec<Draft>) -> Vec<Result<Sent>> {
    let mut answers: Vec<Option<Result<Sent>>> = Vec::with_capacity(drafts.len());
    let mut accepted = Vec::with_capacity(drafts.len());
    for mut draft in drafts {
        if Mistake::NoDedupe.is_planted() {
            draft.client_message_id = ClientMessageId::random();
        }
        match chat.0.limits.check(&draft.sender.user_id) {
            Ok(()) => {
                accepted.push(draft);
                answers.push(None);
            }
            Err(refused) => answers.push(Some(Err(refused))),
        }
    }
    let mut stored = traces::step("store", store(chat, accepted)).await.into_iter();
    let answers = answers.into_iter().map(|answer| answer.or_else(|| stored.next()));
    let answers: Vec<_> =
        answers.map(|answer| answer.unwrap_or_else(|| Err(writer::unavailable()))).collect();
    chat.0.metrics.answered(&answers);
    answers
}

async fn store(chat: &Chat, mut drafts: Vec<Draft>) -> Vec<Result<Sent>> {
    let count = drafts.len();
    let mut waiting = Vec::with_capacity(count);
    while !drafts.is_empty() {
        let rest = drafts.split_off(drafts.len().min(CHUNK_MAX));
        // Where one chunk is refused, later ones must not pass it.
        let Ok(answers) = chat.0.queue.push(std::mem::replace(&mut drafts, rest)) else { break };
        waiting.extend(answers);
    }
    let mut answers = Vec::with_capacity(count);
    for answer in waiting {
        answers.push(answer.await.unwrap_or_else(|_| Err(writer::unavailable())));
    }
    answers.resize_with(count, || Err(writer::unavailable()));
    answers
}

/// Which part of a room's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    Newest,
    /// The last ones below a `seq`.
    Before(Seq),
    /// The first ones above a `seq`.
    After(Seq),
}

/// At most `limit` messages in ascending order, as JSON. Where memory has them, the database is not read for them; and
/// not for the membership either where nobody else changes it.
pub(crate) async fn page_json(
    chat: &Chat,
    user: &Sender,
    room: RoomId,
    range: Range,
    limit: u64,
) -> Result<Json> {
    let Inner { recent, is_alone, metrics, .. } = &*chat.0;
    if *is_alone && let Some(json) = recent.of_member(user.user_id, room, range, limit) {
        metrics.read("memory");
        return Ok(json);
    }
    let ticket = recent.begin(room);
    let membership = members::check(chat, user, room).await.inspect_err(|_| recent.abandon(ticket))?;
    recent.admit(ticket, user.user_id);
    if let Some(json) = recent.at(membership.last_seq(), room, range, limit) {
        metrics.read("memory");
        return Ok(json);
    }
    metrics.read("database");
    let page = history(chat, &membership, range, limit).await?;
    if range == Range::Newest {
        recent.fill(ticket, &page.messages);
    }
    let body = serde_json::to_vec(&page.messages).map_err(Error::internal)?;
    Ok(Json { body: body.into(), has_more: page.has_more })
}

/// At most `limit` messages in ascending order; whether there are more in the direction asked.
pub async fn history(chat: &Chat, membership: &Membership, range: Range, limit: u64) -> Result<Page> {
    let query = Entity::find()
        .filter(Column::RoomId.eq(membership.room_id().0))
        .filter(Column::Seq.lte(membership.last_seq().0));
    match range {
        Range::Newest => page(chat, query.order_by_desc(Column::Seq), limit).await.map(reversed),
        Range::Before(seq) => {
            let query = query.filter(Column::Seq.lt(seq.0)).order_by_desc(Column::Seq);
            page(chat, query, limit).await.map(reversed)
        }
        Range::After(seq) => {
            page(chat, query.filter(Column::Seq.gt(seq.0)).order_by_asc(Column::Seq), limit).await
        }
    }
}

/// The messages after `seq`, for those who know the members: at most `limit`, and never more than a page.
/// NOT_FOUND once the room is gone, and a moment later where it was deleted.
pub async fn after(chat: &Chat, room: RoomId, seq: Seq, limit: u64) -> Result<Page> {
    let query = Entity::find()
        .join(sea_orm::JoinType::InnerJoin, Relation::Room.def())
        .filter(rooms::can_be_told_of())
        .filter(Column::RoomId.eq(room.0))
        .filter(Column::Seq.gt(seq.0))
        .order_by_asc(Column::Seq);
    let page = page(chat, query, limit.clamp(1, PAGE_MAX)).await?;
    if page.messages.is_empty() {
        rooms::require_told_of(chat, room).await?;
    }
    Ok(page)
}

async fn page(chat: &Chat, query: Select<Entity>, limit: u64) -> Result<Page> {
    let mut rows: Vec<Model> = query.limit(limit + 1).all(&chat.0.db.reader).await?;
    let limit = usize::try_from(limit).map_err(Error::internal)?;
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let messages = rows.into_iter().map(Message::try_from).collect::<Result<_>>()?;
    Ok(Page { messages, has_more })
}

fn reversed(mut page: Page) -> Page {
    page.messages.reverse();
    page
}
