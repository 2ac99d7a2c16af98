//! A client that does not read is closed before it can slow the others, and loses nothing (rule 5).

use serde_json::json;

use crate::harness::{MergingClient, Socket, Topology, count};

pub async fn a_reader_that_stops_is_cut_off_while_the_others_go_on(topology: Topology) {
    let app = topology.with("MESSAGE_RATE", "100000").start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut fast = MergingClient::start(&app, &bob);
    let mut slow = Socket::open_narrow(&app.api, &format!("?token={}", bob.token)).await;

    // 16 kB each: more than any sensible backlog and the kernel's buffers together.
    let content = "🗼".repeat(4000);
    let mut talker = alice.connect().await;
    // Several on their way at a time: whoever is cut off waits for their close frame only so long.
    for first in (1..=500).step_by(10) {
        for n in first..first + 10 {
            talker.send(plans, &format!("{n}"), &content).await;
        }
        for n in first..first + 10 {
            let ack = talker.expect("ack").await;
            assert_eq!(
                (&ack["clientMessageId"], &ack["seq"]),
                (&json!(n.to_string()), &json!(n)),
                "not slowed"
            );
        }
        talker.unasked();
    }
    fast.log_until(plans, 500).await;

    let closed = slow.expect_close().await;
    assert_eq!((closed.code, closed.reason.as_str()), (1013, "resume"));
    let events = slow.unasked().into_iter().filter(|event| event["type"] == "message");
    let heard: Vec<_> = events.map(|event| event["message"]["seq"].as_i64().expect("a seq")).collect();
    let expected: Vec<i64> = (1..).take(heard.len()).collect();
    assert_eq!(heard, expected, "in order, without a gap, up to where it was cut off");
    assert!(heard.len() < 500);
    let missed = bob.history_after(plans, count(&heard)).await;
    assert_eq!(missed.len() + heard.len(), 500);
}
