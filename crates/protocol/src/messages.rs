//! A message and the bodies of `/messages/*`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Timestamp, checks,
    codes::FieldCode,
    ids::{ClientMessageId, MessageId, RoomId, Seq, UserId},
    problems::FieldError,
    validation::{Fields, Validate},
};

/// How many messages a page holds when nothing is asked.
pub const PAGE_DEFAULT: u64 = 50;
pub const PAGE_MAX: u64 = 200;

/// The same object in HTTP and in events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: MessageId,
    pub room_id: RoomId,
    pub seq: Seq,
    pub user_id: UserId,
    pub username: String,
    /// The sender's name when the message was written.
    pub username_snapshot: String,
    #[serde(rename = "type")]
    pub kind: MessageKind,
    pub content: String,
    /// Not used yet: always `null`.
    #[schema(required = true)]
    pub file_url: Option<String>,
    pub client_message_id: ClientMessageId,
    pub created_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageKind {
    Text,
}

/// Of `POST /messages/{roomId}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewMessage {
    /// 1 to 4,000 Unicode scalars after trimming, anything but NUL.
    #[schema(min_length = 1, max_length = 4000)]
    pub content: String,
    /// Makes the send repeatable; made by the server when left out.
    #[schema(required = false, value_type = Option<ClientMessageId>)]
    pub client_message_id: Option<String>,
}

impl Validate for NewMessage {
    fn validate(mut self) -> Result<Self, Vec<FieldError>> {
        self.content = self.content.trim().into();
        let id = self
            .client_message_id
            .as_deref()
            .map_or(Ok(()), |id| id.parse::<ClientMessageId>().map(|_| ()).map_err(|_| FieldCode::BadFormat));
        Fields::default()
            .check("content", checks::content(&self.content))
            .check("clientMessageId", id)
            .finish(self)
    }
}

impl NewMessage {
    /// The checked id, or a new one.
    pub fn client_message_id(&self) -> ClientMessageId {
        let given = self.client_message_id.as_deref().and_then(|id| id.parse().ok());
        given.unwrap_or_else(ClientMessageId::random)
    }
}
