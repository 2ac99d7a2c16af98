//! `/messages/*`.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use bytes::Bytes;
use kit::{
    Error, Result,
    extract::{Body, Path, Query},
    fault_points,
    jwt::CurrentUser,
    layers::HAS_MORE,
};
use protocol::{
    Message, RoomId, Seq,
    codes::FieldCode,
    messages::{NewMessage, PAGE_DEFAULT, PAGE_MAX},
    seams::Draft,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Range;
use crate::{Chat, messages, writer};

pub(crate) fn router() -> OpenApiRouter<Chat> {
    OpenApiRouter::new().routes(routes!(list_messages, send_message))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Pages {
    /// How many messages at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The last ones below this `seq`. Not together with `after`.
    before: Option<Seq>,
    /// The first ones above this `seq`. Not together with `before`.
    after: Option<Seq>,
}

impl Pages {
    fn limit(&self) -> Result<u64> {
        let limit = self.limit.unwrap_or(PAGE_DEFAULT);
        if (1..=PAGE_MAX).contains(&limit) {
            return Ok(limit);
        }
        Err(Error::invalid_field("limit", FieldCode::OutOfRange))
    }

    fn range(&self) -> Result<Range> {
        match (self.before, self.after) {
            (None, None) => Ok(Range::Newest),
            (Some(seq), None) => Ok(Range::Before(seq)),
            (None, Some(seq)) => Ok(Range::After(seq)),
            (Some(_), Some(_)) => Err(Error::invalid_field("before", FieldCode::BadFormat)),
        }
    }
}

/// Read messages
///
/// The newest ones, or those before or after a `seq`; in ascending order.
#[utoipa::path(
    get,
    path = "/messages/{roomId}",
    tag = "messages",
    params(("roomId" = RoomId, Path, description = "The room."), Pages),
    responses((
        status = 200,
        description = "One page of the room's log.",
        body = [Message],
        headers(("x-has-more" = bool, description = "Whether there are more in the direction asked."))
    )),
    security(("bearer" = []))
)]
async fn list_messages(
    State(chat): State<Chat>,
    user: CurrentUser,
    Path(room): Path<RoomId>,
    Query(pages): Query<Pages>,
) -> Result<([(HeaderName, &'static str); 2], Bytes)> {
    let (range, limit) = (pages.range()?, pages.limit()?);
    let page = messages::page_json(&chat, &user.sender(), room, range, limit).await?;
    let [has_more] = has_more(page.has_more);
    Ok(([(header::CONTENT_TYPE, "application/json"), has_more], page.body))
}

/// Send a message
///
/// Stored before it is answered, and broadcast like one sent by WebSocket. A repeat of the same `clientMessageId`
/// returns the original and broadcasts nothing.
#[utoipa::path(
    post,
    path = "/messages/{roomId}",
    tag = "messages",
    params(("roomId" = RoomId, Path, description = "The room.")),
    request_body = NewMessage,
    responses(
        (
            status = 201,
            description = "Stored.",
            body = Message,
            links(
                ("repeat" = (
                    operation_id = "send_message",
                    parameters(("roomId" = "$response.body#/roomId")),
                    request_body = json!({
                        "content": "$response.body#/content",
                        "clientMessageId": "$response.body#/clientMessageId"
                    })
                )),
                ("read" = (
                    operation_id = "mark_read",
                    parameters(("id" = "$response.body#/roomId")),
                    request_body = json!({"seq": "$response.body#/seq"})
                )),
                ("after" = (
                    operation_id = "list_messages",
                    parameters(("roomId" = "$response.body#/roomId"), ("after" = "$response.body#/seq"))
                ))
            )
        ),
        (status = 200, description = "A repeat: the original.", body = Message),
        (status = 409, description = "The `clientMessageId` was used in another room."),
        (status = 429, description = "Too many messages; wait for `Retry-After` seconds.")
    ),
    security(("bearer" = []))
)]
async fn send_message(
    State(chat): State<Chat>,
    user: CurrentUser,
    Path(room_id): Path<RoomId>,
    Body(body): Body<NewMessage>,
) -> Result<(StatusCode, Json<Message>)> {
    let client_message_id = body.client_message_id();
    let draft = Draft { sender: user.sender(), room_id, content: body.content, client_message_id };
    let answer = messages::send(&chat, vec![draft]).await.pop();
    let sent = answer.unwrap_or_else(|| Err(writer::unavailable()))?;
    fault_points::pass("before-answer");
    let status = if sent.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(sent.message)))
}

pub(crate) fn has_more(has_more: bool) -> [(HeaderName, &'static str); 1] {
    [(HAS_MORE, if has_more { "true" } else { "false" })]
}
