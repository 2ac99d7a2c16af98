//! What the server says on the socket.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Code, Message, Room,
    ids::{ClientMessageId, MessageId, RoomId, Seq, UserId},
};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
// `rename_all_fields` for the wire; the schema generator does not know it and is told at each variant.
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ServerEvent {
    /// The first event of a connection: from here on nothing is missed.
    #[schema(rename_all = "camelCase")]
    System {
        event: SystemEvent,
        connection_id: Uuid,
        user_id: UserId,
        rooms: Vec<RoomPosition>,
    },
    #[schema(rename_all = "camelCase")]
    Message {
        room_id: RoomId,
        message: Message,
    },
    /// The message is stored: it survives a crash.
    #[schema(rename_all = "camelCase")]
    Ack {
        client_message_id: ClientMessageId,
        room_id: RoomId,
        id: MessageId,
        seq: Seq,
        /// It was stored before: this was a repeat.
        duplicate: bool,
    },
    /// To the reader's own connections.
    #[schema(rename_all = "camelCase")]
    Read {
        room_id: RoomId,
        seq: Seq,
    },
    #[schema(rename_all = "camelCase")]
    MemberAdded {
        room_id: RoomId,
        user_id: UserId,
        username: String,
    },
    #[schema(rename_all = "camelCase")]
    MemberRemoved {
        room_id: RoomId,
        user_id: UserId,
        username: String,
    },
    /// The name or the owner changed.
    RoomUpdated {
        room: Room,
    },
    #[schema(rename_all = "camelCase")]
    RoomDeleted {
        room_id: RoomId,
    },
    Pong,
    Error(SocketError),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SystemEvent {
    Connected,
}

/// A room of the connection and its last `seq` when the connection began to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomPosition {
    pub room_id: RoomId,
    pub last_seq: Seq,
}

/// The connection lives on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SocketError {
    pub code: SocketErrorCode,
    pub message: String,
    /// As the client gave it, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub client_message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub retry_after_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SocketErrorCode {
    BadJson,
    UnknownAction,
    BadRequest,
    NotFound,
    Conflict,
    RateLimited,
    TooLarge,
    Unavailable,
}

impl From<Code> for SocketErrorCode {
    fn from(code: Code) -> Self {
        match code {
            Code::BadJson => Self::BadJson,
            Code::NotFound => Self::NotFound,
            Code::Conflict => Self::Conflict,
            Code::RateLimited => Self::RateLimited,
            Code::TooLarge => Self::TooLarge,
            Code::Unavailable | Code::Internal => Self::Unavailable,
            _ => Self::BadRequest,
        }
    }
}
