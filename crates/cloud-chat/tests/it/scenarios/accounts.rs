//! What stays of people in rooms when their accounts change.

use serde_json::json;

use crate::harness::{Topology, eventually};

pub async fn a_deleted_account_hands_over_its_rooms_and_leaves_its_messages(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let bobs = bob.create_room_with("bobs", &[&alice]).await;
    let alone = alice.create_room("alone").await;
    let original = alice.send(plans, "I was here").await;
    let mut his = bob.connect().await;

    alice.delete_account().await;

    let updated = his.expect("roomUpdated").await;
    assert_eq!((&updated["room"]["id"], &updated["room"]["ownerUserId"]), (&json!(plans), &json!(bob.id)));
    for _ in [plans, bobs] {
        let removed = his
            .expect_where("memberRemoved of alice", |e| {
                e["type"] == "memberRemoved" && e["userId"] == alice.id && e["roomId"] != json!(alone)
            })
            .await;
        assert_eq!(removed["username"], "alice");
    }
    for room in [plans, bobs] {
        let members = bob.get(&format!("/rooms/{room}")).await.is(200).json()["members"].clone();
        assert_eq!(members.as_array().map(Vec::len), Some(1), "{members}");
    }
    assert_eq!(bob.history(plans).await, [original]);
    bob.patch(&format!("/rooms/{plans}"), &json!({"name": "his now"})).await.is(200);
    bob.get(&format!("/rooms/{alone}")).await.problem(404, "NOT_FOUND");
    bob.get("/users/by-username/alice").await.problem(404, "NOT_FOUND");
    bob.get(&format!("/users/{}", alice.id)).await.problem(404, "NOT_FOUND");
}

pub async fn a_new_account_of_the_same_name_inherits_nothing(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = bob.create_room_with("plans", &[&alice]).await;
    alice.send_as(plans, "id-1", "the first Alice").await.is(201);
    alice.delete_account().await;

    let second = app.user("alice").await;
    assert_ne!(second.id, alice.id);
    eventually("her membership ended", async || {
        let members = bob.get(&format!("/rooms/{plans}")).await.is(200).json()["members"].clone();
        (members.as_array().map(Vec::len) == Some(1)).then_some(())
    })
    .await;
    second.get(&format!("/messages/{plans}")).await.problem(404, "NOT_FOUND");
    bob.add(plans, &second).await;
    second.send_as(plans, "id-1", "the second Alice").await.is(201);
    let senders: Vec<_> = bob.history(plans).await.into_iter().map(|message| message.user_id).collect();
    assert_eq!(senders, [alice.id, second.id]);
}

pub async fn a_renamed_user_speaks_under_the_new_name(topology: Topology) {
    let app = topology.start().await;
    let (mut alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    alice.send(plans, "as Alice").await;
    let mut his = bob.connect().await;

    alice.patch(&format!("/users/{}", alice.id), &json!({"username": "alicia"})).await.is(200);
    alice.refresh().await;
    assert_eq!(alice.username, "alicia");
    eventually("the members' list has the new name", async || {
        let room = bob.get(&format!("/rooms/{plans}")).await.is(200).json();
        let members = room["members"].as_array().expect("members").clone();
        members.iter().any(|member| member["usernameSnapshot"] == "alicia").then_some(())
    })
    .await;
    alice.send(plans, "as Alicia").await;

    assert_eq!(his.expect_message(plans).await["usernameSnapshot"], "alicia");
    let listed = bob.get(&format!("/messages/{plans}")).await.is(200).json();
    let snapshots: Vec<_> = listed.as_array().expect("a list").iter().map(|m| &m["usernameSnapshot"]).collect();
    assert_eq!(snapshots, ["alice", "alicia"], "messages stay under the name they were written with");
    bob.get("/users/by-username/alice").await.problem(404, "NOT_FOUND");
}
