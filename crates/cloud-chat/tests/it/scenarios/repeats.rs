//! A retry is safe on whichever way it arrives (rule 4).

use futures::future::join_all;
use serde_json::json;

use crate::harness::{Message, Topology};

pub async fn a_repeat_on_any_way_returns_the_original_and_broadcasts_nothing(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);

    let first = hers.send_acked(plans, "by-socket", "original").await;
    let second = alice.send_as(plans, "by-post", "original").await.is(201).json();

    let by_socket = hers.send_acked(plans, "by-socket", "another text").await;
    assert_eq!(by_socket, with_duplicate(&first));
    let by_post = alice.send_as(plans, "by-socket", "another text").await.is(200).json();
    assert_eq!((&by_post["id"], &by_post["content"]), (&first["id"], &json!("original")));
    let crossed = hers.send_acked(plans, "by-post", "another text").await;
    assert_eq!((&crossed["id"], &crossed["seq"], &crossed["duplicate"]), (&second["id"], &json!(2), &json!(true)));
    assert_eq!(alice.send_as(plans, "by-post", "original").await.is(200).json(), second);

    let last = alice.send(plans, "the next one").await;
    assert_eq!(last.seq, 3);
    for seq in 1..=3 {
        assert_eq!(his.expect_message(plans).await["seq"], seq);
        assert_eq!(hers.expect_message(plans).await["seq"], seq);
    }
}

fn with_duplicate(ack: &serde_json::Value) -> serde_json::Value {
    let mut ack = ack.clone();
    assert_eq!(ack["duplicate"], false);
    ack["duplicate"] = json!(true);
    ack
}

pub async fn a_repeat_after_a_reconnect_is_known(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;
    // Sent, and cut off before the answer was read.
    socket.send(plans, "lost-answer", "hi").await;
    socket.expect_message(plans).await;
    drop(socket);

    let mut again = alice.connect().await;
    let ack = again.send_acked(plans, "lost-answer", "hi").await;
    assert_eq!((&ack["duplicate"], &ack["seq"]), (&json!(true), &json!(1)));
    assert_eq!(alice.history(plans).await.len(), 1);
}

pub async fn a_repeat_after_a_crash_is_known(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let first = alice.connect().await.send_acked(plans, "before", "hi").await;

    app.kill().await;
    app.start_again().await;

    let again = alice.connect().await.send_acked(plans, "before", "hi").await;
    assert_eq!(again, with_duplicate(&first));
    let mut socket = alice.connect().await;
    assert_eq!(socket.position(plans), Some(1));
    assert_eq!(socket.send_acked(plans, "after", "hi").await["seq"], 2);
}

pub async fn many_repeats_at_once_make_one_message(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    let answers = join_all((0..20).map(|_| alice.send_as(plans, "same", "once"))).await;

    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let repeated = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((created, repeated), (1, 19));
    let first = answers[0].json();
    assert!(answers.iter().all(|answer| answer.json() == first));
    alice.send(plans, "the next one").await;
    assert_eq!(Message::of(&socket.expect_message(plans).await).content, "once");
    assert_eq!(Message::of(&socket.expect_message(plans).await).content, "the next one");
}

pub async fn a_repeat_after_leaving_returns_the_original(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let original = bob.send_as(plans, "his", "bye").await.is(201).json();
    bob.leave(plans).await;
    bob.send_as(plans, "another", "am I still in?").await.problem(404, "NOT_FOUND");

    assert_eq!(bob.send_as(plans, "his", "bye").await.is(200).json(), original);
    let ack = bob.connect().await.send_acked(plans, "his", "bye").await;
    assert_eq!((&ack["duplicate"], &ack["id"]), (&json!(true), &original["id"]));
}

pub async fn the_same_id_in_another_room_is_a_conflict(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let (plans, books) = (alice.create_room("plans").await, alice.create_room("books").await);
    let mut socket = alice.connect().await;
    socket.send_acked(plans, "same", "hi").await;

    socket.send(books, "same", "hi").await;
    assert_eq!(socket.expect_error("CONFLICT").await["clientMessageId"], "same");
    alice.send_as(books, "same", "hi").await.problem(409, "CONFLICT");

    assert_eq!(alice.history(books).await, []);
    assert_eq!(socket.send_acked(books, "other", "hi").await["seq"], 1);
}

pub async fn ids_belong_to_their_sender_and_are_compared_byte_by_byte(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;

    for (seq, (user, id)) in (1..).zip([(&alice, "Id-1"), (&bob, "Id-1"), (&alice, "id-1"), (&alice, "ID-1")]) {
        assert_eq!(user.send_as(plans, id, "mine").await.is(201).json()["seq"], seq);
    }
    assert_eq!(alice.send_as(plans, "id-1", "mine").await.is(200).json()["seq"], 3);
}
