//! What goes back and forth while a connection lives.

use std::sync::atomic::Ordering;

use protocol::{RoomId, Seq, ServerEvent};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    server::Server,
    world::{Publish, user},
};

const ONE: RoomId = RoomId(1);
const COUNT: i64 = 300;

fn frame(room: i64, content: &str, id: &str) -> String {
    json!({"action": "sendMessage", "roomId": room, "content": content, "clientMessageId": id}).to_string()
}

#[tokio::test]
async fn a_message_is_acknowledged_and_reaches_every_member_its_sender_included() {
    let server = Server::start().await;
    let (ann, bob) = (user("ann"), user("bob"));
    server.world.create(ONE, &[&ann, &bob]);
    let mut sender = server.connect(&ann).await;
    let mut receiver = server.connect(&bob).await;
    sender.text(frame(1, " Hello ", "a1")).await;
    let message = json!({
        "id": 1, "roomId": 1, "seq": 1, "userId": ann.user_id, "username": "ann", "usernameSnapshot": "ann",
        "type": "TEXT", "content": "Hello", "fileUrl": null, "clientMessageId": "a1",
        "createdAt": "2024-01-01T12:00:00.000Z",
    });
    let event = json!({"type": "message", "roomId": 1, "message": message});
    let ack =
        json!({"type": "ack", "clientMessageId": "a1", "roomId": 1, "id": 1, "seq": 1, "duplicate": false});
    assert_eq!(receiver.json().await, event);
    let mut both = [sender.json().await, sender.json().await];
    both.sort_by_key(|event| event["type"].to_string());
    assert_eq!(both, [ack, event]);

    sender.text(frame(1, "Hello", "a1")).await;
    assert_eq!(sender.json().await["duplicate"], json!(true));
}

#[tokio::test]
async fn what_one_connection_sends_keeps_its_order_and_goes_in_batches() {
    let server = Server::start().await;
    let ann = user("ann");
    server.world.create(ONE, &[&ann]);
    let mut client = server.connect(&ann).await;
    let gate = server.world.hold_sends();
    // More than may wait for a batch: then the socket is not read for a while.
    for n in 1..=COUNT {
        client.text(frame(1, &n.to_string(), &format!("m{n}"))).await;
        if n == 50 {
            // All fifty were read: the first is being stored, the others wait for it.
            client.is_alive().await;
            assert_eq!(server.world.batches.load(Ordering::Relaxed), 1);
        }
    }
    gate.send_replace(true);
    let (mut acks, mut messages) = (Vec::new(), Vec::new());
    while acks.len() + messages.len() < 600 {
        match client.next().await {
            ServerEvent::Ack { client_message_id, seq, .. } => {
                acks.push((client_message_id.to_string(), seq.0));
            }
            ServerEvent::Message { message, .. } => messages.push((message.content, message.seq.0)),
            event => panic!("{event:?}"),
        }
    }
    assert!(acks.into_iter().eq((1..=COUNT).map(|n| (format!("m{n}"), n))));
    assert!(messages.into_iter().eq((1..=COUNT).map(|n| (n.to_string(), n))));
    let batches = server.world.batches.load(Ordering::Relaxed);
    assert!(batches <= 252, "{batches} batches");
}

#[tokio::test]
async fn a_refused_message_says_which_and_the_connection_lives_on() {
    let server = Server::start().await;
    let (ann, bob) = (user("ann"), user("bob"));
    server.world.create(ONE, &[&ann]);
    server.world.create(RoomId(2), &[&bob]);
    server.world.create(RoomId(3), &[&ann]);
    let mut client = server.connect(&ann).await;
    client.text(frame(2, "let me in", "x1")).await;
    let error = client.json().await;
    let code = json!("NOT_FOUND");
    assert_eq!((&error["code"], &error["clientMessageId"]), (&code, &json!("x1")));
    client.text(frame(1, "one", "same")).await;
    client.json().await;
    client.json().await;
    client.text(frame(3, "two", "same")).await;
    assert_eq!(client.json().await["code"], json!("CONFLICT"));
    // Chat falls over: nothing of it is told but that another try is fine.
    client.text(frame(1, "panic", "p1")).await;
    let error = client.json().await;
    assert_eq!((&error["code"], &error["clientMessageId"]), (&json!("UNAVAILABLE"), &json!("p1")));
    assert!(!error.to_string().contains("panic"));
    server.world.set_away(true);
    client.text(frame(1, "hello?", "p2")).await;
    let error = client.json().await;
    assert_eq!((&error["code"], &error["retryAfterMs"]), (&json!("UNAVAILABLE"), &json!(1000)));
    client.is_alive().await;
}

#[tokio::test]
async fn a_bad_frame_gets_an_error_and_the_connection_lives_on() {
    let server = Server::start().await;
    let ann = user("ann");
    server.world.create(ONE, &[&ann]);
    let mut client = server.connect(&ann).await;
    let deep = "[".repeat(30_000) + &"]".repeat(30_000);
    let cases = [
        (Message::text("{"), "BAD_JSON"),
        (Message::text(""), "BAD_JSON"),
        (Message::binary(br#"{"action":"ping"}"#.to_vec()), "BAD_JSON"),
        (Message::binary(vec![0xff; 60_000]), "BAD_JSON"),
        (Message::text(deep), "BAD_JSON"),
        (Message::text("[]"), "BAD_REQUEST"),
        (Message::text(r#"{"action":"dance"}"#), "UNKNOWN_ACTION"),
        (Message::text(frame(1, "", "b1")), "BAD_REQUEST"),
        (Message::text(frame(1, &"x".repeat(4001), "b2")), "TOO_LARGE"),
        // The largest frame that there is.
        (Message::text("x".repeat(64 * 1024)), "BAD_JSON"),
    ];
    for (message, code) in cases {
        let shown: String = format!("{message:?}").chars().take(80).collect();
        client.send(message).await;
        let error = client.json().await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{shown}");
    }
    client.is_alive().await;
}

#[tokio::test]
async fn rooms_and_members_are_told_as_the_contract_says() {
    let server = Server::start().await;
    let (ann, bob) = (user("ann"), user("bob"));
    server.world.create(ONE, &[&ann]);
    let mut client = server.connect(&ann).await;
    server.world.add(ONE, &bob, Publish::Yes).await;
    let member = |kind: &str| json!({"type": kind, "roomId": 1, "userId": bob.user_id, "username": "bob"});
    assert_eq!(client.json().await, member("memberAdded"));
    assert_eq!(server.world.remove(ONE, &bob, Publish::Yes).await, Seq(0));
    assert_eq!(client.json().await, member("memberRemoved"));
    server.world.read(ONE, &ann, 7, Publish::Yes).await;
    assert_eq!(client.json().await, json!({"type": "read", "roomId": 1, "seq": 7}));
    server.world.rename(ONE, "new", Publish::Yes).await;
    let updated = client.json().await;
    assert_eq!((&updated["type"], &updated["room"]["name"]), (&json!("roomUpdated"), &json!("new")));
    server.world.delete(ONE, Publish::Yes).await;
    assert_eq!(client.json().await, json!({"type": "roomDeleted", "roomId": 1}));
}
