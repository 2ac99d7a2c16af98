//! Rooms that are renamed, deleted, or everybody's.

use serde_json::json;

use crate::harness::Topology;

pub async fn a_renamed_room_is_announced(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let (mut his, mut one_room) = (bob.connect().await, bob.connect_to(plans).await);

    let renamed = alice.patch(&format!("/rooms/{plans}"), &json!({"name": "  Great plans "})).await.is(200).json();

    assert_eq!(renamed["name"], "Great plans");
    let updated = json!({"type": "roomUpdated", "room": renamed});
    assert_eq!(his.expect("roomUpdated").await, updated);
    assert_eq!(one_room.expect("roomUpdated").await, updated);
    assert_eq!(bob.my_room(plans).await.expect("listed")["name"], "Great plans");
}

pub async fn a_deleted_room_is_announced_and_gone_at_once(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    alice.send(plans, "soon gone").await;
    let mut his = bob.connect().await;

    alice.delete(&format!("/rooms/{plans}")).await.is(200);

    assert_eq!(his.expect("roomDeleted").await, json!({"type": "roomDeleted", "roomId": plans}));
    for path in [format!("/rooms/{plans}"), format!("/messages/{plans}")] {
        bob.get(&path).await.problem(404, "NOT_FOUND");
        alice.get(&path).await.problem(404, "NOT_FOUND");
    }
    his.send(plans, "late", "is anybody there?").await;
    his.expect_error("NOT_FOUND").await;
    alice.send_as(plans, "late", "is anybody there?").await.problem(404, "NOT_FOUND");
    assert_eq!(alice.my_room(plans).await, None);
    assert_eq!(bob.connect().await.position(plans), None);
    assert!(alice.create_room("plans").await > plans, "ids are never used twice");
}

pub async fn the_last_one_out_deletes_the_room(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    alice.leave(plans).await;
    bob.get(&format!("/rooms/{plans}")).await.is(200);

    bob.leave(plans).await;

    bob.get(&format!("/rooms/{plans}")).await.problem(404, "NOT_FOUND");
    bob.send_as(plans, "late", "hello?").await.problem(404, "NOT_FOUND");
    assert!(alice.create_room("plans").await > plans, "ids are never used twice");
}

pub async fn the_general_room_is_everybodys(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let general = alice.general().await;
    assert_eq!(bob.general().await, general);
    let mut hers = alice.connect().await;

    // Any use joins: Carol never asked for it.
    let carol = app.user("carol").await;
    carol.send(general, "hello everybody").await;
    assert_eq!(hers.expect_message(general).await["content"], "hello everybody");

    for member in [&alice, &bob] {
        let path = format!("/rooms/{general}");
        member.patch(&path, &json!({"name": "mine"})).await.problem(403, "GENERAL_ROOM");
        member.delete(&path).await.problem(403, "GENERAL_ROOM");
        member.delete(&format!("{path}/members/{}", member.id)).await.problem(403, "GENERAL_ROOM");
        member.delete(&format!("{path}/members/{}", carol.id)).await.problem(403, "GENERAL_ROOM");
    }
    let add = json!({"username": "bob"});
    alice.post(&format!("/rooms/{general}/add-member"), &add).await.problem(403, "GENERAL_ROOM");
    assert_eq!(alice.my_room(general).await, None, "my-rooms leaves general out");
}
