//! Text frames of a socket.

use protocol::{UserId, checks, seams::Sender};
use realtime::session::{self, Effect};
use uuid::Uuid;

/// What a client gave is echoed no longer than this, in bytes.
const ECHO_MAX: usize = 256;

pub fn take(bytes: &[u8]) {
    // The library refuses what is no UTF-8.
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let sender = Sender { user_id: UserId(Uuid::nil()), username: "bob".into() };
    match session::receive(&sender, text) {
        Effect::Reply(_) => {}
        Effect::Refuse(error) => {
            let echoed = [&error.client_message_id, &error.action].into_iter().flatten();
            assert!(echoed.into_iter().all(|echo| echo.len() <= ECHO_MAX), "{error:?}");
        }
        Effect::Send(draft, _) => {
            assert_eq!(draft.sender, sender);
            assert!(draft.room_id.0 > 0, "{draft:?}");
            assert_eq!(checks::content(&draft.content), Ok(()), "{draft:?}");
            assert_eq!(draft.content.trim(), draft.content, "{draft:?}");
            let id = draft.client_message_id.as_str();
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
            assert!((1..=64).contains(&id.len()) && id.bytes().all(is_plain), "{draft:?}");
        }
    }
}
