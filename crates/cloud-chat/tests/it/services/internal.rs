//! The ways between services: only with the key, and each request with the id that it began with.

use serde_json::{Value, json};

use crate::harness::{Api, INTERNAL_API_KEY, Server, Socket, Topology, eventually};

const OF_CHAT: [&str; 7] = [
    "/internal/rooms/open",
    "/internal/rooms/of-users",
    "/internal/rooms/members",
    "/internal/rooms/positions",
    "/internal/messages/send",
    "/internal/messages/after",
    "/internal/sessions/revoked",
];
const OF_AUTH: [&str; 3] = ["/internal/accounts/changes", "/internal/sessions/revoked", "/auth/introspect"];

#[tokio::test]
async fn nobody_gets_in_without_the_key() {
    let mut app =
        Topology::services().with("INTERNAL_API_KEY_PREVIOUS", "the-key-before-this-one").start().await;
    let alice = app.user("alice").await;
    let ports = [app.server("auth").port(), app.server("chat").port()];
    for (port, paths) in ports.into_iter().zip([&OF_AUTH[..], &OF_CHAT]) {
        let api = Api::one(port);
        for path in paths {
            let post = || api.post(path, &json!({}));
            post().await.problem(401, "UNAUTHORIZED");
            post().bearer(&alice.token).await.problem(401, "UNAUTHORIZED");
            for key in ["", "wrong", &INTERNAL_API_KEY[1..], &format!("{INTERNAL_API_KEY}x")] {
                post().header("x-internal-api-key", key).await.problem(401, "UNAUTHORIZED");
            }
            for key in [INTERNAL_API_KEY, "the-key-before-this-one"] {
                // Let in, and told that the question is none.
                post().header("x-internal-api-key", key).await.problem(400, "INVALID");
            }
            let nonsense = post().raw_json("nonsense").header("x-internal-api-key", INTERNAL_API_KEY);
            nonsense.await.problem(400, "BAD_JSON");
        }
        let nowhere = api.post("/internal/nowhere", &json!({}));
        nowhere.header("x-internal-api-key", INTERNAL_API_KEY).await.problem(404, "NOT_FOUND");
    }
}

/// In the log lines of both services, and in the answer.
#[tokio::test]
async fn a_request_keeps_its_id_and_its_trace_from_service_to_service() {
    let mut app = Topology::services().with("LOG", "debug").start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room("plans").await;
    let add = || alice.post(&format!("/rooms/{plans}/add-member"), &json!({"username": bob.username}));
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    let given = add().header("x-request-id", "follow-me-7");
    let given = given.header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01")).await.is(200);
    assert_eq!(given.header("x-request-id"), "follow-me-7");
    assert_eq!(traced(app.server("chat"), "follow-me-7").await, trace);
    assert_eq!(traced(app.server("auth"), "follow-me-7").await, trace);

    for (id, parent) in [("", ""), ("has spaces", "nonsense"), ("a=b", "00-0000-00-01")] {
        let made = add().header("x-request-id", id).header("traceparent", parent).await.is(200);
        let made = made.header("x-request-id").to_owned();
        assert_ne!(made, id);
        let trace = traced(app.server("chat"), &made).await;
        assert_eq!((trace.len(), traced(app.server("auth"), &made).await), (32, trace));
    }
}

/// What a socket asks, too.
#[tokio::test]
async fn a_message_by_socket_has_one_id_and_one_trace_in_both_services() {
    let mut app = Topology::services().with("LOG", "debug").start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    alice.connect().await.send_acked(plans, "one", "hi").await;
    let asked = eventually("ws logs it", async || {
        let log = app.server("ws").log();
        lines(&log).find(|line| line["message"] == "asked" && line["path"] == "/internal/messages/send")
    })
    .await;
    let id = asked["request_id"].as_str().expect("an id");
    assert_eq!(traced(app.server("chat"), id).await, asked["trace_id"]);
}

/// The trace that the line of this request names.
async fn traced(server: &Server, request_id: &str) -> String {
    let is_it = |line: &Value| line["message"] == "answered" && line["span"]["request_id"] == request_id;
    let line = eventually("it is logged", async || lines(&server.log()).find(is_it)).await;
    line["span"]["trace_id"].as_str().expect("a trace").to_owned()
}

fn lines(log: &str) -> impl Iterator<Item = Value> {
    log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect::<Vec<_>>().into_iter()
}

/// First every service takes both keys, then each shows the new one, then the old one is forgotten.
#[tokio::test]
async fn keys_are_rotated_service_by_service_while_people_talk() {
    const NEW: &str = "the-key-that-comes-next";
    let mut app = Topology::services().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room("plans").await;
    let steps = [
        [("INTERNAL_API_KEY", INTERNAL_API_KEY), ("INTERNAL_API_KEY_PREVIOUS", NEW)],
        [("INTERNAL_API_KEY", NEW), ("INTERNAL_API_KEY_PREVIOUS", INTERNAL_API_KEY)],
        [("INTERNAL_API_KEY", NEW), ("INTERNAL_API_KEY_PREVIOUS", "")],
    ];
    for (n, settings) in steps.into_iter().enumerate() {
        for role in ["auth", "chat", "ws"] {
            let server = app.server(role);
            server.kill().await;
            server.start_again_with_all(&settings).await;
            // Through chat to auth, and through ws to chat.
            alice.add(plans, &bob).await;
            alice.remove(plans, &bob).await;
            let port = app.server("ws").port();
            let api = app.api.at(format!("ws://127.0.0.1:{port}/ws"));
            let mut socket = Socket::open(&api, &format!("?token={}", alice.token)).await;
            socket.send_acked(plans, &format!("{n}-{role}"), role).await;
        }
    }
    let old = app.api.post("/internal/rooms/open", &json!({})).header("x-internal-api-key", INTERNAL_API_KEY);
    old.await.problem(401, "UNAUTHORIZED");
}

#[tokio::test]
async fn a_service_with_another_key_is_refused_and_says_why() {
    let mut app = Topology::services().start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let bob = app.user("bob").await;
    app.server("auth").kill().await;
    app.server("auth").start_again_with("INTERNAL_API_KEY", "quite-another-key").await;

    let answer = alice.post(&format!("/rooms/{plans}/add-member"), &json!({"username": bob.username})).await;
    assert!(!answer.header("retry-after").is_empty());
    answer.problem(503, "UNAVAILABLE");
    assert!(app.server("chat").log().contains("INTERNAL_API_KEY"), "the log says what is wrong");
    alice.send(plans, "and the talk goes on").await;
}
