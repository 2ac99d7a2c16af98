//! One message's way: to the database, to the sender, to everybody in the room.

use serde_json::{Value, json};

use crate::harness::{Message, Topology};

pub async fn a_message_sent_by_socket_reaches_everybody_and_is_acknowledged(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let (mut hers, mut his) = (alice.connect().await, bob.connect_to(plans).await);

    let ack = hers.send_acked(plans, "first", "  hello, Bob 👋  ").await;

    let message = hers.expect_message(plans).await;
    assert_eq!(
        ack,
        json!({"type": "ack", "clientMessageId": "first", "roomId": plans, "id": message["id"], "seq": 1, "duplicate": false})
    );
    assert_eq!(message["content"], "hello, Bob 👋");
    assert_eq!(his.expect_message(plans).await, message);
    assert_eq!(bob.history(plans).await, [Message::of(&message)]);
}

pub async fn a_message_sent_by_post_reaches_everybody(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);

    let sent = alice.send(plans, "hello").await;

    assert_eq!((sent.seq, sent.content.as_str(), &sent.user_id), (1, "hello", &alice.id));
    assert_eq!(Message::of(&hers.expect_message(plans).await), sent);
    assert_eq!(Message::of(&his.expect_message(plans).await), sent);
}

pub async fn an_event_carries_the_message_as_http_has_it(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    let answered = alice.send_as(plans, "one", "\"quotes\" <b>\n\u{202E}\u{200B} é").await.is(201).json();

    let event = socket.expect("message").await;
    assert_eq!(event, json!({"type": "message", "roomId": plans, "message": answered}));
    let listed = alice.get(&format!("/messages/{plans}")).await.is(200).json();
    assert_eq!(listed, json!([answered]));
    assert_eq!(alice.my_room(plans).await.expect("listed")["lastMessage"], answered);
}

pub async fn every_connection_of_the_sender_gets_the_message(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let (mut laptop, mut phone) = (alice.connect().await, alice.connect_to(plans).await);

    laptop.send(plans, "one", "hi").await;

    assert_eq!(laptop.expect_message(plans).await["clientMessageId"], "one");
    assert_eq!(phone.expect_message(plans).await["clientMessageId"], "one");
    phone.assert_alive().await;
    assert!(phone.unasked().iter().all(|event| event["type"] != "ack"), "an ack is the sender's own");
}

pub async fn a_room_id_may_be_a_number_or_a_string(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    for (room, seq) in [(json!(plans), 1), (json!(plans.to_string()), 2)] {
        socket.say(&json!({"action": "sendMessage", "roomId": room, "content": "hi"})).await;
        let ack = socket.expect("ack").await;
        assert_eq!((&ack["seq"], &ack["roomId"]), (&json!(seq), &json!(plans)));
    }
}

pub async fn a_send_without_an_id_is_given_one(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    socket.say(&json!({"action": "sendMessage", "roomId": plans, "content": "hi"})).await;
    let ack = socket.expect("ack").await;
    let given = ack["clientMessageId"].as_str().expect("an id").to_owned();
    assert_eq!(socket.expect_message(plans).await["clientMessageId"], given.as_str());

    let by_post = alice.send(plans, "hi again").await.client_message_id;
    assert!(!by_post.is_empty() && by_post != given);
    let again = alice.send_as(plans, &given, "hi").await.is(200).json();
    assert_eq!(again["seq"], 1);
}

pub async fn a_stranger_can_neither_send_nor_learn_that_the_room_is_there(topology: Topology) {
    let app = topology.start().await;
    let (alice, mallory) = (app.user("alice").await, app.user("mallory").await);
    let plans = alice.create_room("plans").await;
    let mut hers = alice.connect().await;
    let mut socket = mallory.connect().await;

    let without_room = |error: Value| (error["message"].clone(), error["action"].clone());
    socket.send(plans, "x", "let me in").await;
    let theirs = socket.expect_error("NOT_FOUND").await;
    assert_eq!(theirs["clientMessageId"], "x");
    socket.send(999_999, "x", "let me in").await;
    let missing = socket.expect_error("NOT_FOUND").await;
    assert_eq!(without_room(theirs), without_room(missing));

    mallory.send_as(plans, "y", "let me in").await.problem(404, "NOT_FOUND");
    alice.send(plans, "nobody else is here").await;
    assert_eq!(hers.expect_message(plans).await["seq"], 1);
}
