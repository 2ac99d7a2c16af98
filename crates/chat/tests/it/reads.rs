//! Read marks.

use fanout::{Event, Topic};
use protocol::Seq;
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn a_read_mark_moves_forward_only_and_not_past_the_end() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    for n in 0..5 {
        alice.send(room, &format!("{n}")).await;
    }
    let mut events = app.listen(&[Topic::User(bob.id)]).await;
    assert_eq!(bob.position(room).await, [5, 0, 5]);
    assert_eq!(bob.read(room, 2).await.ok::<Value>(), json!({"ok": true}));
    assert_eq!(bob.position(room).await, [5, 2, 3]);
    bob.read(room, 1).await.ok::<Value>();
    bob.read(room, 2).await.ok::<Value>();
    assert_eq!(bob.position(room).await, [5, 2, 3]);
    bob.read(room, 4).await.ok::<Value>();
    assert_eq!(bob.position(room).await, [5, 4, 1]);
    bob.read(room, 1_000_000).await.ok::<Value>();
    assert_eq!(bob.position(room).await, [5, 5, 0]);

    for seq in [2, 4, 5] {
        let expected = Event::Read { user_id: bob.id, room_id: room, seq: Seq(seq) };
        assert_eq!(events.next().await, expected);
    }
}

#[tokio::test]
async fn marks_that_wait_are_written_when_the_process_stops() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    for n in 0..5 {
        alice.send(room, &format!("{n}")).await;
    }
    for seq in 1..=4 {
        bob.read(room, seq).await.ok::<Value>();
    }
    let app = app.restart().await;
    let bob = app.user_with_id("bob", bob.id);
    assert_eq!(bob.position(room).await, [5, 4, 1]);
}

#[tokio::test]
async fn the_general_room_counts_what_is_unread_too() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let id = bob.general().await.room.id;
    alice.send(id, "one").await;
    alice.send(id, "two").await;
    assert_eq!(bob.general().await.unread, 2);
    bob.read(id, 1).await.ok::<Value>();
    let general = bob.general().await;
    assert_eq!((general.last_read_seq.0, general.unread), (1, 1));
    assert_eq!(general.last_message.unwrap().content, "two");
}
