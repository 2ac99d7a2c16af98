//! Events as they travel: JSON, with the process that they come from, which has told its own listeners already, and the
//! trace that they belong to, where it is recorded.

use std::sync::Arc;

use async_nats::Message;
use bytes::Bytes;
use kit::{
    telemetry::Throttle,
    traces::{Kind, Span, Trace, is_on},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Event, Topic};

#[derive(Clone)]
pub struct Parcels(Arc<Inner>);

struct Inner {
    own: Uuid,
    malformed: Throttle,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    from: Uuid,
    event: &'a Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
}

#[derive(Deserialize)]
struct Incoming {
    from: Uuid,
    event: Event,
    traceparent: Option<String>,
}

impl Parcels {
    pub fn new() -> Self {
        Self(Arc::new(Inner { own: Uuid::new_v4(), malformed: Throttle::default() }))
    }

    pub fn pack(&self, event: &Event) -> Bytes {
        let traceparent = Trace::recorded().map(|trace| trace.traceparent());
        let parcel = Outgoing { from: self.0.own, event, traceparent };
        serde_json::to_vec(&parcel).expect("an event has only string keys and cannot fail").into()
    }

    /// `None` for what this process sent itself, and for what is no event of this topic: that is logged and dropped.
    pub fn unpack(&self, topic: Topic, message: &Message) -> Option<Arc<Event>> {
        let parcel: Result<Incoming, _> = serde_json::from_slice(&message.payload);
        let why = match parcel {
            Ok(parcel) if parcel.from == self.0.own => return None,
            Ok(parcel) if parcel.event.topics().any(|own| own == topic) => {
                if let Some(traceparent) = parcel.traceparent.filter(|_| is_on()) {
                    record(&traceparent);
                }
                return Some(Arc::new(parcel.event));
            }
            Ok(_) => "an event of another topic".to_owned(),
            Err(error) => error.to_string(),
        };
        if let Some(before) = self.0.malformed.pass() {
            let (subject, bytes) = (message.subject.as_str(), message.payload.len());
            tracing::warn!(subject, bytes, why, before, "a malformed message on the bus was dropped");
        }
        None
    }
}

/// That the event came here.
fn record(traceparent: &str) {
    if let Some(trace) = Trace::told(traceparent) {
        drop(Span::begin(&trace, Kind::Consumer, || "receive event".into()));
    }
}

#[cfg(test)]
mod tests {
    use protocol::{
        Message, MessageId, RoomId, Seq, Timestamp, UserId, checks::USERNAME_CHARS, messages::MessageKind,
    };

    use super::*;

    /// What NATS takes unless it is told otherwise.
    const NATS_PAYLOAD_MAX: usize = 1024 * 1024;

    #[test]
    fn the_largest_message_is_far_below_what_nats_takes() {
        // Escaped as six bytes each in JSON.
        let content = "\u{1}".repeat(4000);
        let username = "\u{10FFFF}".repeat(*USERNAME_CHARS.end());
        let message = Message {
            id: MessageId(i64::MAX),
            room_id: RoomId(i64::MAX),
            seq: Seq(i64::MAX),
            user_id: UserId::random(),
            username: username.clone(),
            username_snapshot: username,
            kind: MessageKind::Text,
            content,
            file_url: None,
            client_message_id: "x".repeat(64).parse().unwrap(),
            created_at: Timestamp(0),
        };
        let bytes = Parcels::new().pack(&Event::Message { message, members_rev: i64::MAX }).len();
        assert!(bytes * 32 < NATS_PAYLOAD_MAX, "{bytes}");
    }
}
