//! `/messages/:roomId`.

use serde_json::json;

use crate::harness::{Message, Topology, assert_shape};

pub async fn a_message_has_the_contracts_shape(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let path = format!("/messages/{plans}");
    let body = json!({"content": " hi \n", "clientMessageId": "a.B_9:-"});

    let created = alice.post(&path, &body).await.is(201).json();

    let message = json!({
        "id": "<id>", "roomId": plans, "seq": 1, "userId": alice.id, "username": "alice", "usernameSnapshot": "alice",
        "type": "TEXT", "content": "hi", "fileUrl": null, "clientMessageId": "a.B_9:-", "createdAt": "<time>"
    });
    assert_shape(&created, &message);
    assert_eq!(alice.post(&path, &body).await.is(200).json(), created);
    assert_eq!(alice.get(&path).await.is(200).json(), json!([created]));
    let without_id =
        alice.post(&path, &json!({"content": "x", "clientMessageId": null})).await.is(201).json();
    assert!(without_id["clientMessageId"].is_string());
}

pub async fn history_is_read_in_pages_of_ascending_order(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    assert_eq!(alice.page(plans, "").await, (vec![], false));
    let mut socket = alice.connect().await;
    for n in 1..=210 {
        socket.send_acked(plans, &format!("{n}"), "hi").await;
    }

    let seqs = |(page, more): (Vec<Message>, bool)| (page.iter().map(|m| m.seq).collect::<Vec<_>>(), more);
    let range = |from: i64, to: i64| (from..=to).collect::<Vec<_>>();
    let cases = [
        ("", (range(161, 210), true)),
        ("?limit=200", (range(11, 210), true)),
        ("?limit=1", (range(210, 210), true)),
        ("?before=161", (range(111, 160), true)),
        ("?before=11&limit=10", (range(1, 10), false)),
        ("?before=1", (vec![], false)),
        ("?after=0", (range(1, 50), true)),
        ("?after=160", (range(161, 210), false)),
        ("?after=159", (range(160, 209), true)),
        ("?after=0&limit=200", (range(1, 200), true)),
        ("?after=10&limit=200", (range(11, 210), false)),
        ("?after=210", (vec![], false)),
        ("?after=9007199254740991", (vec![], false)),
        ("?before=9007199254740991&limit=3", (range(208, 210), true)),
    ];
    for (query, expected) in cases {
        assert_eq!(seqs(alice.page(plans, query).await), expected, "{query}");
    }
    let wrong = [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "after=-1",
        "after=x",
        "before=x",
        "before=-1",
        "after=9007199254740992",
    ];
    for query in wrong {
        alice.get(&format!("/messages/{plans}?{query}")).await.problem(400, "INVALID");
    }
}

pub async fn content_is_kept_as_it_is_but_for_the_spaces_around_it(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let contents = [
        "👩‍👩‍👧‍👦 é e\u{301} \u{202E}abc\u{202C}",
        "line\nline\r\n\ttab",
        "<script>alert(1)</script> & \"quotes\" '; DROP TABLE messages; --",
        "\u{7f}\u{1}\u{85}x",
        "\u{10FFFF}\u{FFFD}\u{FEFF}x",
        "x",
    ];
    for content in contents {
        assert_eq!(alice.send(plans, content).await.content, content);
    }
    let longest = "🗼".repeat(4000);
    assert_eq!(alice.send(plans, &format!("\n {longest}\t")).await.content, longest);
    let stored: Vec<_> = alice.history(plans).await.into_iter().map(|message| message.content).collect();
    assert_eq!(stored[..6], contents);
    assert_eq!(stored[6], longest);
}
