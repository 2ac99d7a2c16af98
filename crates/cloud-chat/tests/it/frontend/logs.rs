//! No line of the log holds a query string, whatever happens to the request.

use serde_json::Value;

use crate::harness::{Frontend, Refusal, Socket, Topology};

const SECRET: &str = "a-secret-in-a-query";

#[tokio::test]
async fn no_line_holds_a_query_string() {
    let app = Topology::services().start().await;
    let alice = app.user("alice").await;
    let frontend = Frontend::of(&app).await;
    // Taken, refused, unknown, malformed, too long.
    let query = format!("?token={}", alice.token);
    Socket::open(&frontend.api, &query).await.assert_alive().await;
    Socket::refused(&frontend.api, &format!("?token={SECRET}"), Refusal::Token).await;
    for path in ["/login", "/users/me", "/internal/x", "/assets/x", "/auth/%zz", "/env.js", "/rooms/1"] {
        frontend.api.get(&format!("{path}?token={SECRET}")).header("referer", SECRET).await;
    }
    frontend.api.get(&format!("/ws?token={SECRET}{}", "x".repeat(20_000))).await.any_problem(414);
    // Nobody there; nobody of that name.
    let broken = Frontend::start(&[("AUTH_NODES", "127.0.0.1:1,127.0.0.1:2".into())]).await;
    broken.api.get(&format!("/users/me?token={SECRET}")).await.problem(503, "UNAVAILABLE");
    broken.api.get(&format!("/ws?token={SECRET}")).await.problem(503, "UNAVAILABLE");

    let line = |path: &str, status: u16| format!("\"path\":\"{path}\",\"status\":{status}");
    let lines = [("/ws", 101), ("", 414), ("/login", 404), ("/internal/x", 404), ("", 400)];
    let lines = lines.map(|(path, status)| line(path, status));
    let log = frontend.log_with(&lines.each_ref().map(String::as_str)).await;
    let broken_log = broken.log_with(&[&line("/users/me", 503), &line("/ws", 503)]).await;
    for log in [log, broken_log] {
        for secret in [SECRET, &alice.token, "?", "token="] {
            assert!(!log.contains(secret), "{secret} is in the log: {log}");
        }
    }
}

#[tokio::test]
async fn a_line_says_what_became_of_a_request() {
    let frontend = Frontend::start(&[("AUTH_NODES", "127.0.0.1:1".into())]).await;
    let answer = frontend.api.get("/users/me").await;
    let id = answer.header("x-request-id");
    let log = frontend.log_with(&[id]).await;
    let line = log.lines().find(|line| line.contains(id)).unwrap_or_else(|| panic!("{id} is not in {log}"));
    let line: Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(
        (&line["status"], &line["method"], &line["client"]),
        (&503.into(), &"GET".into(), &"127.0.0.1".into())
    );
    assert_eq!((&line["upstream"], &line["upstream_status"]), (&"127.0.0.1:1".into(), &"502".into()));
}
