//! Events that API Gateway invokes the Lambda with; clients choose the headers, the query and the body in them.

use lambda::sockets::events::{Kind, Proxied};
use realtime::Invitation;

use crate::frames;

pub fn take(bytes: &[u8]) {
    let Ok(event) = serde_json::from_slice::<Proxied>(bytes) else { return };
    match event.kind() {
        Kind::Connect => {
            let invitation = Invitation::of(&event.query(), event.headers("sec-websocket-protocol"));
            if let Ok(Some(room)) = invitation.room {
                assert!(room.0 > 0, "{invitation:?}");
            }
        }
        Kind::Disconnect => {}
        Kind::Frame => {
            if let Some(body) = &event.body {
                frames::take(body.as_bytes());
            }
        }
    }
}
