//! A log is read line by line, by programs and on terminals.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Socket, Topology};

/// A line of its own, colours, a title, a cleared screen.
const HOSTILE: &str =
    "x\r\n{\"level\":\"ERROR\",\"message\":\"forged\"}\n\u{1b}[31m\u{1b}]0;title\u{7}\u{1b}[2J\u{9b}31m\u{2028}y";

pub async fn nothing_that_people_send_makes_or_breaks_a_line_of_the_log(topology: Topology) {
    let mut app = topology.with("LOG", "debug").start().await;
    let alice = app.user("alice").await;
    let room = alice.create_room("plans").await;
    let encoded = utf8_percent_encode(HOSTILE, NON_ALPHANUMERIC);

    for path in [&format!("/{encoded}"), &format!("/rooms/{encoded}"), &format!("/users?q={encoded}")] {
        alice.get(path).await;
    }
    let strings = [
        ("/auth/signup", json!({"username": HOSTILE, "email": HOSTILE, "password": HOSTILE})),
        ("/auth/login", json!({"email": HOSTILE, "password": HOSTILE})),
        ("/auth/refresh", json!({"refreshToken": HOSTILE})),
        ("/auth/logout", json!({"refreshToken": HOSTILE})),
        ("/auth/forgot-password", json!({"email": HOSTILE})),
        ("/auth/reset-password", json!({"token": HOSTILE, "newPassword": HOSTILE})),
        ("/rooms/create", json!({"name": &HOSTILE[..45]})),
        ("/rooms/1/add-member", json!({"username": HOSTILE})),
        ("/messages/1", json!({"content": HOSTILE, "clientMessageId": HOSTILE})),
    ];
    for (path, body) in &strings {
        alice.post(path, body).await;
        // As names of fields, and as no JSON at all.
        alice.post(path, &json!({HOSTILE: HOSTILE})).await;
        app.api.call(&Method::POST, path).raw_json(HOSTILE).await;
    }
    for header in ["user-agent", "x-request-id", "traceparent", "x-forwarded-for", "referer", "origin", "accept"] {
        // What may stand in a header at all.
        alice.get("/users/me").header(header, "\"}\u{9b}31m\u{9d}0;title\u{9c}{\"message\":\"forged\"}").await;
    }
    let mut socket = alice.connect().await;
    for frame in [
        json!({"action": HOSTILE}),
        json!({"action": "sendMessage", "roomId": HOSTILE, "content": HOSTILE, "clientMessageId": HOSTILE}),
    ] {
        socket.say(&frame).await;
        socket.expect("error").await;
    }
    socket.say_text(HOSTILE).await;
    socket.expect_error("BAD_JSON").await;
    socket.send_acked(room, "one", HOSTILE).await;
    drop(Socket::dial(&app.api, &format!("?token={encoded}&roomId={encoded}")).await);

    assert!(app.log().lines().count() > 50, "the premise: it logs all that: {}", app.log());
    for server in &app.servers {
        let log = server.log();
        let is_control = |c: char| c.is_control() && c != '\n' || c == '\u{2028}';
        assert!(!log.contains(is_control), "{:?}", log.lines().find(|line| line.contains(is_control)));
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
            assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
            assert_ne!(line["message"], "forged");
        }
    }
    app.assert_healthy().await;
}
