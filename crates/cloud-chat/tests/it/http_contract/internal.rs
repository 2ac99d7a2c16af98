//! Paths for other services: there with a key only.

use serde_json::{Value, json};

use crate::harness::{App, INTERNAL_API_KEY, Topology, assert_shape, tokens};

async fn introspect(app: &App, key: &str, token: &str) -> Value {
    let call = app.post("/auth/introspect", &json!({"token": token})).header("x-internal-api-key", key);
    call.await.is(200).json()
}

pub async fn introspection_tells_active_tokens_from_all_others(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;

    let active = introspect(&app, INTERNAL_API_KEY, &alice.token).await;
    let user = json!({"id": alice.id, "username": "alice", "email": alice.email});
    assert_shape(&active, &json!({"active": true, "user": user, "payload": tokens::claims_of(&alice.token)}));

    let (ended, deleted) = (alice.log_in().await, app.user("bob").await);
    ended.log_out().await;
    deleted.delete_account().await;
    let foreign =
        tokens::sign_with(jsonwebtoken::Algorithm::HS256, "another secret", &tokens::claims_of(&alice.token));
    let bad = [
        String::new(),
        "nonsense".into(),
        "x".repeat(60_000),
        tokens::expired(&alice.token),
        tokens::unsigned(&alice.token),
        foreign,
        ended.token,
        deleted.token,
    ];
    for token in bad {
        assert_eq!(introspect(&app, INTERNAL_API_KEY, &token).await, json!({"active": false}), "{token:.40}");
    }
}

pub async fn internal_paths_take_a_key_and_nothing_else(topology: Topology) {
    let app =
        topology.with("INTERNAL_API_KEY_PREVIOUS", "the-key-before-this-one").start().await;
    let alice = app.user("alice").await;
    for key in [INTERNAL_API_KEY, "the-key-before-this-one"] {
        assert_eq!(introspect(&app, key, &alice.token).await["active"], true);
    }
    let body = json!({"token": alice.token});
    app.post("/auth/introspect", &body).await.problem(401, "UNAUTHORIZED");
    app.post("/auth/introspect", &body).bearer(&alice.token).await.problem(401, "UNAUTHORIZED");
    for key in ["", "wrong", &INTERNAL_API_KEY[1..], &format!("{INTERNAL_API_KEY}x")] {
        let call = app.post("/auth/introspect", &body).header("x-internal-api-key", key);
        call.await.problem(401, "UNAUTHORIZED");
    }
    let by_key = app.get("/users/by-username/alice").header("x-internal-api-key", INTERNAL_API_KEY).await;
    assert_eq!(by_key.is(200).json(), json!({"id": alice.id, "username": "alice"}));
    app.get("/users/by-username/alice")
        .header("x-internal-api-key", "wrong")
        .await
        .problem(401, "UNAUTHORIZED");
    app.get("/users/by-username/alice").await.problem(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn without_a_key_there_are_no_internal_paths() {
    let app = Topology::one_process().without("INTERNAL_API_KEY").start().await;
    let alice = app.user("alice").await;
    for key in ["", INTERNAL_API_KEY] {
        let call =
            app.post("/auth/introspect", &json!({"token": alice.token})).header("x-internal-api-key", key);
        call.await.problem(404, "NOT_FOUND");
        let call = app.get("/users/by-username/alice").header("x-internal-api-key", key);
        call.await.problem(401, "UNAUTHORIZED");
        app.get("/internal/anything").header("x-internal-api-key", key).await.problem(404, "NOT_FOUND");
    }
}
