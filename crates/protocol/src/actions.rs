//! What a client says on the socket. `action` is the route key on API Gateway.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{ClientMessageId, RoomId};

/// The longest frame that a client may send, in bytes; a longer one closes with 1009.
pub const FRAME_BYTES_MAX: usize = 64 * 1024;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "camelCase")]
pub enum ClientAction {
    SendMessage(SendMessage),
    Ping,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendMessage {
    pub room_id: RoomRef,
    /// 1 to 4,000 Unicode scalars after trimming, anything but NUL.
    #[schema(min_length = 1, max_length = 4000)]
    pub content: String,
    /// Makes the send repeatable; made by the server when left out.
    #[schema(required = false, value_type = Option<ClientMessageId>)]
    pub client_message_id: Option<String>,
}

/// A room id as a number or, as first clients send it, as a string of digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RoomRef {
    Number(RoomId),
    Text(String),
}

impl RoomRef {
    pub fn room_id(&self) -> Option<RoomId> {
        match self {
            Self::Number(id) => Some(*id),
            Self::Text(text) => text.parse().ok(),
        }
    }
}
