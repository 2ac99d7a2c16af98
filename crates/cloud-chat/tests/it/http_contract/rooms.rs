//! `/rooms/*`.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{
    Topology, assert_shape,
    tokens::{claims_of, sign},
};

pub async fn rooms_have_the_contracts_shapes(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);

    let general = alice.get("/rooms/general").await.is(200).json();
    let no_owner = json!({
        "id": "<id>", "name": "general", "ownerUserId": null, "ownerUsernameSnapshot": null, "createdAt": "<time>",
        "lastSeq": 0, "lastReadSeq": 0, "unread": 0, "lastMessage": null
    });
    assert_shape(&general, &no_owner);

    let created = alice.post("/rooms/create", &json!({"name": "  Plans é  "})).await.is(201).json();
    let room = json!({"id": "<id>", "name": "Plans é", "ownerUserId": alice.id, "ownerUsernameSnapshot": "alice", "createdAt": "<time>"});
    assert_shape(&created, &room);
    let id = created["id"].as_i64().expect("an id");
    assert_eq!(
        alice.post(&format!("/rooms/{id}/add-member"), &json!({"username": "BOB"})).await.is(200).json(),
        json!({"ok": true})
    );

    let shown = bob.get(&format!("/rooms/{id}")).await.is(200).json();
    let member = |user: &str, name: &str, role: &str| json!({"userId": user, "usernameSnapshot": name, "role": role, "joinedAt": "<time>"});
    let mut members = [member(&alice.id, "alice", "owner"), member(&bob.id, "bob", "member")];
    members.sort_by_key(|member| member["userId"].to_string());
    assert_shape(&shown, &json!({"room": created, "members": members}));

    let mut listed = created.clone();
    for (name, value) in
        [("lastSeq", json!(0)), ("lastReadSeq", json!(0)), ("unread", json!(0)), ("lastMessage", Value::Null)]
    {
        listed[name] = value;
    }
    assert_eq!(bob.get("/rooms/my-rooms").await.is(200).json(), json!([listed]));
    let read = bob.post(&format!("/rooms/{id}/read"), &json!({"seq": 0})).await.is(200).json();
    assert_eq!(read, json!({"ok": true}));

    let renamed = alice.patch(&format!("/rooms/{id}"), &json!({"name": "New"})).await.is(200).json();
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!(id), &json!("New")));
    let removed = alice.delete(&format!("/rooms/{id}/members/{}", bob.id)).await.is(200).json();
    assert_eq!(removed, json!({"ok": true, "lastSeq": 0}));
    assert_eq!(alice.delete(&format!("/rooms/{id}")).await.is(200).json(), json!({"ok": true}));
    assert_eq!(alice.get("/rooms/my-rooms").await.is(200).json(), json!([]));
}

pub async fn a_room_of_others_answers_as_one_that_is_not_there(topology: Topology) {
    let app = topology.start().await;
    let (alice, mallory) = (app.user("alice").await, app.user("mallory").await);
    let plans = alice.create_room("plans").await;

    let mut answers = Vec::new();
    for room in
        [plans.to_string(), "999999".into(), "0".into(), "x".into(), "9007199254740993".into(), "01".into()]
    {
        answers.push([
            mallory.get(&format!("/rooms/{room}")).await.problem(404, "NOT_FOUND"),
            mallory
                .patch(&format!("/rooms/{room}"), &json!({"name": "mine"}))
                .await
                .problem(404, "NOT_FOUND"),
            mallory.delete(&format!("/rooms/{room}")).await.problem(404, "NOT_FOUND"),
            mallory
                .post(&format!("/rooms/{room}/add-member"), &json!({"username": "mallory"}))
                .await
                .problem(404, "NOT_FOUND"),
            mallory.delete(&format!("/rooms/{room}/members/{}", alice.id)).await.problem(404, "NOT_FOUND"),
            mallory.delete(&format!("/rooms/{room}/members/{}", mallory.id)).await.problem(404, "NOT_FOUND"),
            mallory.post(&format!("/rooms/{room}/read"), &json!({"seq": 0})).await.problem(404, "NOT_FOUND"),
            mallory.get(&format!("/messages/{room}")).await.problem(404, "NOT_FOUND"),
            mallory
                .post(&format!("/messages/{room}"), &json!({"content": "hi"}))
                .await
                .problem(404, "NOT_FOUND"),
        ]);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    alice.get(&format!("/rooms/{plans}")).await.is(200);
}

pub async fn only_the_owner_administers_a_room(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob, carol) = (app.user("alice").await, app.user("bob").await, app.user("carol").await);
    let plans = alice.create_room_with("plans", &[&bob, &carol]).await;
    let path = format!("/rooms/{plans}");

    bob.patch(&path, &json!({"name": "his"})).await.problem(403, "OWNER_ONLY");
    bob.delete(&path).await.problem(403, "OWNER_ONLY");
    bob.post(&format!("{path}/add-member"), &json!({"username": "carol"})).await.problem(403, "OWNER_ONLY");
    bob.delete(&format!("{path}/members/{}", carol.id)).await.problem(403, "OWNER_ONLY");
    bob.delete(&format!("{path}/members/{}", alice.id)).await.problem(403, "OWNER_ONLY");
    bob.delete(&format!("{path}/members/{}", bob.id)).await.is(200);

    alice.post(&format!("{path}/add-member"), &json!({"username": "nobody"})).await.problem(404, "NOT_FOUND");
    let again = alice.delete(&format!("{path}/members/{}", bob.id)).await.is(200).json();
    assert_eq!(again, json!({"ok": true, "lastSeq": 0}), "a lost answer may be asked for again");
    alice.delete(&format!("{path}/members/nonsense")).await.problem(404, "NOT_FOUND");
    for name in ["general", "General", " GENERAL "] {
        alice.patch(&path, &json!({"name": name})).await.problem(400, "INVALID");
        alice.post("/rooms/create", &json!({"name": name})).await.problem(400, "INVALID");
    }
}

pub async fn members_are_paged_past_two_hundred(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let general = alice.general().await;
    // Any use of the general room joins: tokens do for that, without the cost of 205 accounts.
    for batch in (1..=205).collect::<Vec<_>>().chunks(8) {
        let joins = batch.iter().map(|n| {
            let mut claims = claims_of(&alice.token);
            let id = format!("{n:08x}-0000-4000-8000-000000000000");
            for (name, value) in [("id", &id), ("sub", &id), ("sid", &id), ("username", &format!("user-{n}"))]
            {
                claims[name] = json!(value);
            }
            let token = sign(&claims);
            let call = app.get("/rooms/general").bearer(&token);
            async move { call.await.is(200) }
        });
        join_all(joins).await;
    }

    let mut seen: Vec<String> = Vec::new();
    let mut path = format!("/rooms/{general}");
    loop {
        let page = alice.get(&path).await.is(200).json()["members"].as_array().expect("members").clone();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 200);
        seen.extend(page.iter().map(|member| member["userId"].as_str().expect("an id").to_owned()));
        path = format!("/rooms/{general}?membersAfter={}", seen.last().expect("not empty"));
    }
    let mut distinct = seen.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((seen.len(), distinct.len()), (206, 206));
    alice.get(&format!("/rooms/{general}?membersAfter=nonsense")).await.problem(400, "INVALID");
}
