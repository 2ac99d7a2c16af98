//! The socket's half of the OpenAPI document: what is said there is what is said here, field by field.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Schemas, Topology, openapi};

pub async fn every_event_is_as_the_document_has_it(topology: Topology) {
    let app = topology.start().await;
    let schemas = Schemas::of(&openapi());
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    let mut events = vec![hers.connected.clone()];

    let plans = alice.create_room_with("plans", &[&bob]).await;
    events.push(hers.send_acked(plans, "one", "hi").await);
    hers.say(&json!({"action": "ping"})).await;
    hers.say(&json!({"action": "dance"})).await;
    hers.send(plans, "bad", "").await;
    bob.mark_read(plans, 1).await;
    // Before he leaves: then it is not his to know any more.
    events.push(his.expect("read").await);
    alice.patch(&format!("/rooms/{plans}"), &json!({"name": "new"})).await.is(200);
    bob.leave(plans).await;
    alice.delete(&format!("/rooms/{plans}")).await.is(200);
    for kind in
        ["pong", "error", "error", "message", "memberAdded", "memberRemoved", "roomUpdated", "roomDeleted"]
    {
        events.push(hers.expect(kind).await);
    }
    events.extend(hers.unasked());
    events.extend(his.unasked());

    let schema = schemas.component("ServerEvent");
    for event in &events {
        schemas.check(schema, event).unwrap_or_else(|why| panic!("{why}"));
    }
    let seen: BTreeSet<_> = events.iter().map(|event| event["type"].clone().to_string()).collect();
    let mut documented = BTreeSet::new();
    collect_kinds(schema, "type", &mut documented);
    assert_eq!(seen, documented, "every kind was seen");

    // The premise: what is wrong is found.
    for (name, value) in
        [("seq", json!("1")), ("extra", json!(1)), ("roomId", Value::Null), ("seq", json!(-1))]
    {
        let mut wrong = json!({"type": "read", "roomId": 1, "seq": 1});
        assert_eq!(schemas.check(schema, &wrong), Ok(()));
        wrong[name] = value;
        assert!(schemas.check(schema, &wrong).is_err(), "{wrong}");
    }
}

pub async fn every_documented_action_is_taken(topology: Topology) {
    let app = topology.start().await;
    let schemas = Schemas::of(&openapi());
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;
    let actions = [
        json!({"action": "ping"}),
        json!({"action": "sendMessage", "roomId": plans, "content": "hi"}),
        json!({"action": "sendMessage", "roomId": plans.to_string(), "content": "hi", "clientMessageId": "one"}),
        json!({"action": "sendMessage", "roomId": plans, "content": "hi", "clientMessageId": null}),
    ];

    let schema = schemas.component("ClientAction");
    for action in &actions {
        schemas.check(schema, action).unwrap_or_else(|why| panic!("{why}"));
        socket.say(action).await;
        socket.expect(if action["action"] == "ping" { "pong" } else { "ack" }).await;
    }
    let tried: BTreeSet<_> = actions.iter().map(|action| action["action"].clone().to_string()).collect();
    let mut documented = BTreeSet::new();
    collect_kinds(schema, "action", &mut documented);
    assert_eq!(tried, documented);
}

/// The words that `tag` may have in the schema's choices.
fn collect_kinds(schema: &Value, tag: &str, kinds: &mut BTreeSet<String>) {
    let words = schema["properties"][tag]["enum"].as_array();
    kinds.extend(words.into_iter().flatten().map(Value::to_string));
    for name in ["oneOf", "allOf"] {
        for part in schema[name].as_array().into_iter().flatten() {
            collect_kinds(part, tag, kinds);
        }
    }
}
