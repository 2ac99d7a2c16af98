//! Every error is a problem document, whatever caused it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::Topology;

pub async fn unknown_paths_are_problems(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    for path in [
        "/nothing",
        "/auth/nothing",
        "/rooms/1/nothing",
        "/api",
        "/users/me/x",
        "/internal/x",
        "/.env",
        "//",
        "/%00",
    ] {
        alice.get(path).await.problem(404, "NOT_FOUND");
        alice.post(path, &json!({})).await.problem(404, "NOT_FOUND");
    }
}

pub async fn a_wrong_method_is_told_which_are_right(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let cases = [
        (Method::GET, "/auth/login", "POST"),
        (Method::PUT, "/auth/signup", "POST"),
        (Method::POST, "/users/me", "GET"),
        (Method::PUT, "/rooms/1", "DELETE"),
        (Method::DELETE, "/messages/1", "POST"),
        (Method::POST, "/health", "GET"),
        (Method::TRACE, "/users/me", "GET"),
        (Method::from_bytes(b"BREW").expect("a token"), "/users/me", "GET"),
    ];
    for (method, path, allowed) in cases {
        let answer = app.api.call(&method, path).bearer(&alice.token).await;
        answer.problem(405, "METHOD_NOT_ALLOWED");
        let allow = answer.header("allow");
        assert!(allow.split(',').any(|method| method.trim() == allowed), "{path}: Allow: {allow}");
    }
}

pub async fn a_body_that_is_not_the_json_it_should_be_is_told_what_is_wrong(topology: Topology) {
    let app = topology.start().await;
    let post = |body: &str| app.api.call(&Method::POST, "/auth/login").raw_json(body);

    for body in [
        "",
        "{",
        "nonsense",
        "{\"email\":\"a\",\"password\":\"b\"} x",
        "{\"email\":\"\\ud800\",\"password\":\"x\"}",
        "\u{feff}{}",
    ] {
        post(body).await.problem(400, "BAD_JSON");
    }
    app.api
        .call(&Method::POST, "/auth/login")
        .raw_json(*b"{\"email\":\"\xff\"}")
        .await
        .problem(400, "BAD_JSON");
    for body in ["[]", "null", "1", "\"x\"", "true"] {
        post(body).await.problem(400, "INVALID");
    }
    for (content_type, body) in
        [("text/plain", "{}"), ("application/xml", "<a/>"), ("application/jsonx", "{}"), ("", "{}")]
    {
        let call = app.api.call(&Method::POST, "/auth/login").body(body).header("content-type", content_type);
        call.await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    app.api.call(&Method::POST, "/auth/login").body("{}").await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
    for content_type in
        ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"]
    {
        let body = json!({"email": "nobody", "password": "nothing"}).to_string();
        let call = app.api.call(&Method::POST, "/auth/login").body(body).header("content-type", content_type);
        call.await.problem(401, "BAD_CREDENTIALS");
    }
}

pub async fn an_oversized_body_is_refused_and_the_connection_stays_usable(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let general = alice.general().await;
    let huge = json!({"content": "x".repeat(1024 * 1024)});
    let path = format!("/messages/{general}");

    // Refused before all was sent: the connection may be cut, the answer must arrive.
    for _ in 0..3 {
        alice.post(&path, &huge).await.problem(413, "TOO_LARGE");
    }
    let within_limits = json!({"content": "x".repeat(4000), "padding": "x".repeat(50_000)});
    alice.post(&path, &within_limits).await.is(201);
    app.assert_healthy().await;
}

pub async fn every_response_has_a_request_id_that_a_caller_may_choose(topology: Topology) {
    let app = topology.start().await;
    let ids: Vec<_> =
        [app.get("/health").await, app.get("/health").await, app.get("/nothing").await, app.get("/").await]
            .iter()
            .map(|answer| answer.header("x-request-id").to_owned())
            .collect();
    assert!(ids.iter().all(|id| !id.is_empty()));
    assert_ne!(ids[0], ids[1]);

    let chosen = app.get("/health").header("x-request-id", "from-my-proxy-1").await;
    assert_eq!(chosen.header("x-request-id"), "from-my-proxy-1");
    for evil in ["a\"b", "spaces in it", &"x".repeat(65)] {
        assert_ne!(app.get("/health").header("x-request-id", evil).await.header("x-request-id"), evil);
    }
}

pub async fn the_log_names_requests_by_their_id_and_holds_no_secret(topology: Topology) {
    let app = topology.with("LOG", "debug").start().await;
    let alice = app.user("alice").await;
    alice.connect().await.assert_alive().await;
    alice.get("/users/me").header("x-request-id", "one-to-look-for").await.is(200);
    app.get(&format!("/users/me?token={}", alice.token)).await.is(401);
    let log = app.log();
    assert!(log.contains("one-to-look-for"), "the premise: requests are logged");
    for secret in [&alice.token, &alice.refresh_token, &alice.password] {
        assert!(!log.contains(secret.as_str()), "{secret} is in the log");
    }
}

#[tokio::test]
async fn the_websockets_path_says_what_it_speaks() {
    let app = Topology::one_process().start().await;
    let answer = app.get("/ws").await;
    assert!([400, 426].contains(&answer.status), "{}", answer.text());
    answer.any_problem(answer.status);
    app.post("/ws", &json!({})).await.problem(405, "METHOD_NOT_ALLOWED");
}

pub async fn several_fields_at_fault_are_all_named(topology: Topology) {
    let app = topology.start().await;
    let answer = app.post("/auth/signup", &json!({"username": "a", "email": "x", "password": "y"})).await;
    let problem = answer.problem(400, "INVALID");
    let named: Vec<(&Value, &Value)> =
        problem["errors"].as_array().expect("errors").iter().map(|e| (&e["field"], &e["code"])).collect();
    assert_eq!(
        named,
        [
            (&json!("username"), &json!("TOO_SHORT")),
            (&json!("email"), &json!("BAD_FORMAT")),
            (&json!("password"), &json!("TOO_SHORT"))
        ]
    );
}

pub async fn head_is_answered_as_get_without_a_body(topology: Topology) {
    let app = topology.start().await;
    let head = app.api.call(&Method::HEAD, "/health").await.is(200);
    assert!(head.body.is_empty());
    let missing = app.api.call(&Method::HEAD, "/nothing").await.is(404);
    assert!(missing.body.is_empty());
    assert!(!missing.header("x-request-id").is_empty());
}
