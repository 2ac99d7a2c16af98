//! An event as it goes over the wire: serialised once, its bytes shared by every socket.

use protocol::{Message, ServerEvent};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The text of one frame. Cloning shares the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame(Utf8Bytes);

impl Frame {
    pub fn of(event: &ServerEvent) -> Self {
        let text = serde_json::to_string(event).expect("an event has only string keys and cannot fail");
        Self(text.into())
    }

    pub fn message(message: Message) -> Self {
        Self::of(&ServerEvent::Message { room_id: message.room_id, message })
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn into_text(self) -> Utf8Bytes {
        self.0
    }

    #[cfg(test)]
    pub fn event(&self) -> ServerEvent {
        serde_json::from_str(&self.0).unwrap()
    }
}
