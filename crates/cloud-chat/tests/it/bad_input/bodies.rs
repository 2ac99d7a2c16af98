//! Bodies that are too large or too deep, for every operation that takes one.

use reqwest::Method;
use serde_json::json;

use crate::harness::{INTERNAL_API_KEY, Topology, User, openapi};

pub async fn a_megabyte_and_a_hundred_thousand_levels_are_refused_everywhere(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let room = alice.create_room("plans").await;
    let operations = operations_with_bodies(&alice, room);
    assert!(operations.len() >= 13, "{operations:?}");

    let megabyte = format!(r#"{{"content":"{}"}}"#, "x".repeat(1024 * 1024));
    // 200 kB: past the limit of bodies whatever is in them.
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_field = format!(r#"{{"content":{deep},"name":{deep}}}"#);
    // Within the limit, so that the parser sees them.
    let deep_enough = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let unfinished = "{\"a\":".repeat(12_000);

    for (method, path) in operations {
        let send = |body: &str| {
            let call = app.api.call(&method, &path).raw_json(body).bearer(&alice.token);
            call.header("x-internal-api-key", INTERNAL_API_KEY)
        };
        for body in [&megabyte, &deep, &deep_field] {
            send(body).await.problem(413, "TOO_LARGE");
        }
        for body in [&deep_enough, &unfinished] {
            send(body).await.any_problem(400);
        }
        let names =
            ["email", "name", "content", "username", "token", "refreshToken", "currentPassword", "seq"];
        for name in names {
            let answer = send(&format!(r#"{{"{name}":{deep_enough}}}"#)).await;
            assert!(answer.status < 500, "{method} {path} with a deep {name}: {}", answer.text());
        }
    }
    app.assert_healthy().await;
    alice.send(room, "still here").await;
}

/// Ten bytes may stand for gigabytes.
pub async fn a_packed_body_is_refused_unopened(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let room = alice.create_room("plans").await;
    let send = |coding: &str| {
        let call = alice.post(&format!("/messages/{room}"), &json!({"content": "hi"}));
        call.header("content-encoding", coding)
    };
    send("identity").await.is(201);
    for coding in ["gzip", "br", "deflate", "zstd", "x-gzip", "gzip, gzip", "nonsense", ""] {
        send(coding).await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    assert_eq!(alice.history(room).await.len(), 1);
    app.assert_healthy().await;
}

/// Those that are documented, on this user and room.
pub fn operations_with_bodies(alice: &User, room: i64) -> Vec<(Method, String)> {
    let document = openapi();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            if operation.get("requestBody").is_none() {
                continue;
            }
            let id = if path.starts_with("/users") { alice.id.clone() } else { room.to_string() };
            let path = path.replace("{id}", &id).replace("{roomId}", &id);
            let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).expect("a method");
            operations.push((method, path));
        }
    }
    operations
}
