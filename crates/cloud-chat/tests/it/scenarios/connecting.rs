//! Who gets a connection, and what it carries.

use serde_json::json;

use crate::harness::{Refusal, SOON, Socket, Topology, eventually, tokens, within};

pub async fn a_connection_carries_every_room_of_the_user(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (plans, books) = (alice.create_room("plans").await, alice.create_room("books").await);
    let others = bob.create_room("others").await;
    alice.send(plans, "one").await;
    alice.send(plans, "two").await;

    let socket = alice.connect().await;

    let connected = &socket.connected;
    assert_eq!(connected["userId"], alice.id);
    assert!(connected["connectionId"].as_str().is_some_and(|id| !id.is_empty()), "{connected}");
    assert_eq!(socket.position(plans), Some(2));
    assert_eq!(socket.position(books), Some(0));
    assert_eq!(socket.position(alice.general().await), Some(0));
    assert_eq!(socket.position(others), None);
}

pub async fn a_connection_can_carry_one_room_alone(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let (plans, books) = (alice.create_room("plans").await, alice.create_room("books").await);

    let mut socket = alice.connect_to(plans).await;

    assert_eq!(socket.connected["rooms"], json!([{"roomId": plans, "lastSeq": 0}]));
    alice.send(books, "not here").await;
    alice.send(plans, "here").await;
    assert_eq!(socket.expect_message(plans).await["content"], "here");
    assert!(socket.unasked().iter().all(|event| event["roomId"] == plans), "of no other room");
}

pub async fn connecting_joins_the_general_room(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let general = alice.general().await;

    let mut socket = bob.connect().await;
    assert_eq!(socket.position(general), Some(0));
    let mut one_room = bob.connect_to(general).await;

    alice.send(general, "hello everybody").await;
    assert_eq!(socket.expect_message(general).await["content"], "hello everybody");
    assert_eq!(one_room.expect_message(general).await["content"], "hello everybody");
}

pub async fn the_token_may_travel_as_a_sub_protocol(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;

    let (mut socket, echoed) = Socket::open_by_protocol(&app.api, "", &alice.token).await;
    assert_eq!(echoed, "bearer");
    assert_eq!(socket.send_acked(plans, "a", "hi").await["seq"], 1);

    let query = format!("?roomId={plans}");
    let (one_room, _) = Socket::open_by_protocol(&app.api, &query, &alice.token).await;
    assert_eq!(one_room.connected["rooms"], json!([{"roomId": plans, "lastSeq": 1}]));
}

pub async fn a_connection_without_a_good_token_is_refused(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    drop(alice.connect().await);
    let phone = alice.log_in().await;
    phone.log_out().await;
    // Without a bus others learn of it by asking; whoever connects before that is cut off afterwards.
    eventually("the session has ended for everybody", async || {
        (phone.get("/rooms/my-rooms").await.status == 401).then_some(())
    })
    .await;
    let foreign =
        tokens::sign_with(jsonwebtoken::Algorithm::HS256, "somebody else's secret", &tokens::claims_of(&alice.token));

    let queries = [
        String::new(),
        "?token=".into(),
        "?token=nonsense".into(),
        format!("?token={}", tokens::expired(&alice.token)),
        format!("?token={}", tokens::unsigned(&alice.token)),
        format!("?token={foreign}"),
        format!("?token={}", phone.token),
    ];
    for query in queries {
        within(SOON, "a refusal", Socket::refused(&app.api, &query, Refusal::Token)).await;
    }
    drop(alice.connect().await);
    assert!(!app.log().contains(&alice.token), "a token was logged");
}

pub async fn a_room_that_one_may_not_read_is_refused(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room("plans").await;
    drop(alice.connect_to(plans).await);

    let mut reasons = Vec::new();
    for room in [plans.to_string(), "999999".into(), "0".into(), "-1".into(), "nonsense".into()] {
        let query = format!("?token={}&roomId={room}", bob.token);
        reasons.push(within(SOON, "a refusal", Socket::refused(&app.api, &query, Refusal::Room)).await);
    }
    assert_eq!(reasons[0], reasons[1], "a room of others looks like one that is not there");
}
