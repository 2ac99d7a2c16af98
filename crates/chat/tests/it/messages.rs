//! Sending: order, repeats, conflicts, limits.

use std::{num::NonZeroU32, sync::Arc};

use chat::Config;
use fanout::{Event, Topic};
use protocol::{
    Code, Message, RoomId,
    seams::{Draft, Sent},
};
use reqwest::StatusCode;
use serde_json::Value;

use crate::app::{TestApp, TestUser};

fn draft(user: &TestUser, room: RoomId, client_id: &str) -> Draft {
    let client_message_id = client_id.parse().unwrap();
    Draft { sender: user.sender(), room_id: room, content: client_id.into(), client_message_id }
}

#[tokio::test]
async fn a_message_is_counted_answered_and_published_as_one_object() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    let first = alice.send(room, "  hello  ").await;
    let second = bob.send(room, "hi").await;
    assert_eq!((first.seq.0, second.seq.0), (1, 2));
    assert_eq!((first.content.as_str(), first.username.as_str()), ("hello", "alice"));
    assert!(second.id > first.id);
    for message in [&first, &second] {
        let expected = Event::Message { message: message.clone(), members_rev: 2 };
        assert_eq!(events.next().await, expected);
    }
    assert_eq!(bob.messages(room).await, [first, second]);
}

#[tokio::test]
async fn a_message_has_every_field_of_the_contract() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let message: Value = alice.send_as(room, "hello", "c-1").await.json();
    let mut fields: Vec<_> = message.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let wanted = [
        "clientMessageId",
        "content",
        "createdAt",
        "fileUrl",
        "id",
        "roomId",
        "seq",
        "type",
        "userId",
        "username",
        "usernameSnapshot",
    ];
    assert_eq!(fields, wanted);
    assert_eq!((message["type"].as_str(), message["fileUrl"].is_null()), (Some("TEXT"), true));
    assert_eq!(message["clientMessageId"], "c-1");
    assert_eq!(message["usernameSnapshot"], message["username"]);
}

#[tokio::test]
async fn a_repeat_returns_the_original_and_publishes_nothing() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    let first = alice.send_as(room, "hello", "same").await;
    assert_eq!(first.status, StatusCode::CREATED);
    let repeat = alice.send_as(room, "other words", "same").await;
    assert_eq!(repeat.status, StatusCode::OK);
    assert_eq!(repeat.body, first.body);
    let next = alice.send(room, "next").await;
    assert_eq!(next.seq.0, 2);
    for message in [first.json(), next] {
        assert_eq!(events.next().await, Event::Message { message, members_rev: 1 });
    }
}

#[tokio::test]
async fn a_repeat_returns_the_original_even_after_leaving() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    let first = bob.send_as(room, "hello", "same").await;
    bob.remove(room, bob.id).await.ok::<Value>();
    assert_eq!(bob.send_as(room, "new", "other").await.refused(404), Code::NotFound);
    let repeat = bob.send_as(room, "hello", "same").await;
    assert_eq!(repeat.ok::<Message>(), first.json::<Message>());
}

#[tokio::test]
async fn a_client_id_of_another_room_is_a_conflict() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let (first, second) = (alice.create_room("First").await, alice.create_room("Second").await);
    assert_eq!(alice.send_as(first, "hello", "same").await.status, StatusCode::CREATED);
    assert_eq!(alice.send_as(second, "hello", "same").await.refused(409), Code::Conflict);
    assert!(alice.messages(second).await.is_empty());
}

#[tokio::test]
async fn client_ids_are_compared_by_bytes_and_belong_to_one_sender() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    for (user, id) in [(&alice, "abc"), (&alice, "ABC"), (&bob, "abc"), (&alice, "abc.")] {
        assert_eq!(user.send_as(room, "hello", id).await.status, StatusCode::CREATED);
    }
    assert_eq!(alice.messages(room).await.len(), 4);
}

#[tokio::test]
async fn drafts_of_one_call_keep_their_order_and_fail_one_by_one() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let (room, other) = (alice.create_room("Plans").await, alice.create_room("Other").await);
    let drafts = vec![
        draft(&alice, room, "a"),
        draft(&bob, room, "b"),
        draft(&alice, RoomId(999), "c"),
        draft(&alice, room, "a"),
        draft(&alice, other, "a"),
        draft(&alice, room, "d"),
    ];
    let answers = chat::messages::send(&app.chat, drafts).await;
    let outcome = |answer: &kit::Result<Sent>| match answer {
        Ok(sent) => Ok((sent.message.seq.0, sent.duplicate)),
        Err(error) => Err(error.code()),
    };
    let outcomes: Vec<_> = answers.iter().map(outcome).collect();
    let wanted = [
        Ok((1, false)),
        Err(Code::NotFound),
        Err(Code::NotFound),
        Ok((1, true)),
        Err(Code::Conflict),
        Ok((2, false)),
    ];
    assert_eq!(outcomes, wanted);
    let stored: Vec<_> = alice.messages(room).await.into_iter().map(|m| m.content).collect();
    assert_eq!(stored, ["a", "d"]);
}

#[tokio::test]
async fn more_drafts_than_a_batch_keep_their_order_too() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let drafts = (0..1000).map(|n| draft(&alice, room, &n.to_string())).collect();
    let answers = chat::messages::send(&app.chat, drafts).await;
    let seqs: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().message.seq.0).collect();
    assert_eq!(seqs, (1..=1000).collect::<Vec<_>>());
}

#[tokio::test]
async fn sending_moves_ones_own_read_mark_and_nobody_elses() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    alice.send(room, "one").await;
    assert_eq!(alice.position(room).await, [1, 1, 0]);
    assert_eq!(bob.position(room).await, [1, 0, 1]);
    bob.send(room, "two").await;
    assert_eq!(bob.position(room).await, [2, 2, 0]);
}

#[tokio::test]
async fn too_many_messages_are_told_to_wait_whichever_way_they_come() {
    let config = Config {
        message_rate: NonZeroU32::MIN,
        message_burst: NonZeroU32::new(3).unwrap(),
        rate_limits: true,
        is_alone: false,
    };
    let app = TestApp::start_with(Arc::default(), &config).await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.send_as(room, "one", "same").await.json::<Message>();
    // A repeat counts too.
    alice.send_as(room, "one", "same").await.ok::<Message>();
    let answers =
        chat::messages::send(&app.chat, vec![draft(&alice, room, "b"), draft(&alice, room, "c")]).await;
    assert_eq!(answers[0].as_ref().unwrap().message.seq.0, 2);
    assert_eq!(answers[1].as_ref().unwrap_err().code(), Code::RateLimited);
    let refused = alice.send_as(room, "four", "four").await;
    assert_eq!(refused.refused(429), Code::RateLimited);
    assert_eq!(refused.retry_after, Some(1));
    bob.send(bob.general().await.room.id, "not limited").await;
}
