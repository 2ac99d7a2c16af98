//! Events of other processes.

use fanout::Event;

pub fn take(bytes: &[u8]) {
    let Ok(event) = serde_json::from_slice::<Event>(bytes) else { return };
    let json = serde_json::to_vec(&event).expect("an event has only string keys");
    let back: Event = serde_json::from_slice(&json).expect("what was written can be read");
    assert_eq!(back, event);
    assert!(event.topics().count() > 0, "somebody is told: {event:?}");
}
