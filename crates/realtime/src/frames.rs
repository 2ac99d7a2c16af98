//! Events as they go over the wire: serialised once, as whole WebSocket frames (RFC 6455 §5.2) whose bytes every
//! socket shares.

use std::sync::Arc;

use protocol::{Message, ServerEvent, Timestamp};

/// A text frame that is whole, of a server: never masked.
const FINAL_TEXT: u8 = 0x81;
const FINAL_PING: u8 = 0x89;
/// The longest header: two bytes, and a length of eight.
const HEADER_MAX: usize = 10;

/// One frame or several in a row. Cloning shares the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame(Arc<Chunk>);

#[derive(Debug, PartialEq, Eq)]
struct Chunk {
    bytes: Vec<u8>,
    /// Where the first frame begins.
    start: usize,
    /// How many frames.
    count: usize,
    /// Of the oldest message in it.
    stored_at: Option<Timestamp>,
}

impl Frame {
    pub fn of(event: &ServerEvent) -> Self {
        // Its header is known only once its length is.
        let mut bytes = vec![0; HEADER_MAX];
        serde_json::to_writer(&mut bytes, event).expect("an event has only string keys and cannot fail");
        let start = write_header(&mut bytes);
        let stored_at = match event {
            ServerEvent::Message { message, .. } => Some(message.created_at),
            _ => None,
        };
        Self(Arc::new(Chunk { bytes, start, count: 1, stored_at }))
    }

    pub fn message(message: Message) -> Self {
        Self::of(&ServerEvent::Message { room_id: message.room_id, message })
    }

    pub fn ping() -> Self {
        Self::raw(&[FINAL_PING, 0])
    }

    /// A frame that somebody else made.
    pub fn raw(bytes: &[u8]) -> Self {
        Self(Arc::new(Chunk { bytes: bytes.into(), start: 0, count: 1, stored_at: None }))
    }

    /// All of them as one, in their order.
    pub fn join(frames: &[Self]) -> Self {
        if let [frame] = frames {
            return frame.clone();
        }
        let mut bytes = Vec::with_capacity(frames.iter().map(Self::len).sum());
        for frame in frames {
            bytes.extend_from_slice(frame.bytes());
        }
        let count = frames.iter().map(Self::count).sum();
        let stored_at = frames.iter().filter_map(Self::stored_at).min();
        Self(Arc::new(Chunk { bytes, start: 0, count, stored_at }))
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0.bytes[self.0.start..]
    }

    /// In bytes.
    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    /// How many frames.
    pub fn count(&self) -> usize {
        self.0.count
    }

    pub fn stored_at(&self) -> Option<Timestamp> {
        self.0.stored_at
    }

    /// Whether both are the very same bytes, not only equal ones.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// Puts the header right before the payload, which begins at `HEADER_MAX`; returns where it starts.
fn write_header(bytes: &mut [u8]) -> usize {
    let length = bytes.len() - HEADER_MAX;
    let (mark, extended) = match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ ..=125), _) => (length, 0),
        (_, Ok(_)) => (126, 2),
        _ => (127, 8),
    };
    let start = HEADER_MAX - 2 - extended;
    bytes[start] = FINAL_TEXT;
    bytes[start + 1] = mark;
    // The end of the length in eight bytes, as many of them as there is room for.
    let length = (length as u64).to_be_bytes();
    bytes[start + 2..HEADER_MAX].copy_from_slice(&length[8 - extended..]);
    start
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use tungstenite::{Message as Received, WebSocket, protocol::Role};

    use super::*;

    /// As a client reads them.
    fn read(frame: &Frame) -> Vec<ServerEvent> {
        let mut client = WebSocket::from_raw_socket(Cursor::new(frame.bytes().to_vec()), Role::Client, None);
        let received = std::iter::from_fn(|| client.read().ok());
        let text = |received| match received {
            Received::Text(text) => serde_json::from_str(&text).unwrap(),
            received => panic!("no text but {received:?}"),
        };
        received.map(text).collect()
    }

    impl Frame {
        pub fn events(&self) -> Vec<ServerEvent> {
            read(self)
        }
    }

    fn error(message: &str) -> ServerEvent {
        use protocol::events::{SocketError, SocketErrorCode};
        let message = message.to_owned();
        let code = SocketErrorCode::BadJson;
        let fields = (None, None, None);
        let (client_message_id, action, retry_after_ms) = fields;
        ServerEvent::Error(SocketError { code, message, client_message_id, action, retry_after_ms })
    }

    #[test]
    fn a_client_reads_a_frame_of_any_length() {
        let overhead = serde_json::to_string(&error("")).unwrap().len();
        for length in [overhead, 125, 126, 127, 200, 65_534, 65_535, 65_536, 65_537, 1_000_000] {
            let event = error(&"x".repeat(length - overhead));
            let frame = Frame::of(&event);
            assert_eq!(frame.events(), [event], "{length}");
        }
    }

    #[test]
    fn joined_frames_are_read_one_after_the_other() {
        let events = [ServerEvent::Pong, error("a"), ServerEvent::Pong];
        let frames: Vec<Frame> = events.iter().map(Frame::of).collect();
        let joined = Frame::join(&frames);
        assert_eq!((joined.count(), joined.events()), (3, events.to_vec()));
        assert_eq!(Frame::join(&[joined.clone(), joined]).events().len(), 6);
        assert!(Frame::join(&frames[..1]).is(&frames[0]), "one alone is not copied");
    }
}
