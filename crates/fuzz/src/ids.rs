//! Ids, as paths, queries and frames spell them.

use std::{fmt::Display, str::FromStr};

use protocol::{ClientMessageId, MessageId, RoomId, Seq, UserId, ids::INTEGER_MAX};

pub fn take(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(room) = has_one_spelling::<RoomId>(text) {
        assert!((1..=INTEGER_MAX).contains(&room.0), "{room}");
    }
    if let Some(seq) = has_one_spelling::<Seq>(text) {
        assert!((0..=INTEGER_MAX).contains(&seq.0), "{seq}");
    }
    has_one_spelling::<ClientMessageId>(text);
    if let Ok(user) = text.parse::<UserId>() {
        assert_eq!(user.to_string().parse(), Ok(user), "{text:?}");
    }
    // In JSON a whole number may be written as 7.0 too.
    if let Ok(message) = serde_json::from_slice::<MessageId>(bytes) {
        assert!((1..=INTEGER_MAX).contains(&message.0), "{text:?}");
    }
}

fn has_one_spelling<T: FromStr + Display>(text: &str) -> Option<T> {
    let id = text.parse::<T>().ok()?;
    assert_eq!(id.to_string(), text);
    Some(id)
}
