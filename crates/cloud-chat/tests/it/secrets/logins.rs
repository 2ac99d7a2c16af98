//! The log names who came in and who was turned away.

use serde_json::{Value, json};

use crate::harness::{App, Topology, eventually};

/// Somebody's password, typed where the name goes.
const SLIPPED: &str = "a-password-in-the-wrong-field-7";

pub async fn the_log_says_who_logged_in_from_where_and_who_was_turned_away(topology: Topology) {
    let app = topology.start().await;
    let mut alice = app.user("alice").await;
    alice.try_log_in("not the password").await.problem(401, "BAD_CREDENTIALS");
    app.post("/auth/login", &json!({"email": SLIPPED, "password": "alice"})).await.problem(401, "BAD_CREDENTIALS");
    let mut again = alice.log_in().await;
    again.refresh().await;
    again.log_out().await;
    let patch = json!({"email": "new@example.org", "currentPassword": "not it"});
    alice.patch(&format!("/users/{}", alice.id), &patch).await.problem(403, "WRONG_PASSWORD");
    alice.change_password("an entirely other phrase 9").await;
    alice.delete_account().await;

    let wrong = "a change of an account was refused: not its password";
    for (message, expected) in [
        ("signed up", json!({"user": alice.id, "address": "127.0.0.1"})),
        ("a login was refused: not its password", json!({"user": alice.id, "address": "127.0.0.1"})),
        ("a login was refused: no such account", json!({"user": null, "address": "127.0.0.1"})),
        ("logged in", json!({"user": alice.id, "address": "127.0.0.1"})),
        ("logged out", json!({"user": alice.id})),
        (wrong, json!({"user": alice.id})),
        ("an account was changed", json!({"user": alice.id, "email": false, "password": true})),
        ("an account was deleted", json!({"user": alice.id})),
    ] {
        let is_there = async || has_line(&app, message, &expected).then_some(());
        eventually(&format!("{message} with {expected}"), is_there).await;
    }
    assert!(!app.log().contains(SLIPPED));
}

pub async fn a_storm_of_refusals_is_a_line_of_the_log_not_a_thousand(topology: Topology) {
    let app = topology.with("RATE_LIMITS", "on").start().await;
    for _ in 0..30 {
        app.post("/auth/login", &json!({"email": "nobody", "password": "x"})).await;
    }
    let expected = json!({"limit": "login_account"});
    let is_there = async || has_line(&app, "refused: too much, too fast", &expected).then_some(());
    eventually("the limit is told", is_there).await;
    let told = app.log().lines().filter(|line| line.contains("too much, too fast")).count();
    assert!(told < 10, "{told} lines");
}

fn has_line(app: &App, message: &str, expected: &Value) -> bool {
    let expected = expected.as_object().expect("fields");
    app.log().lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).any(|line| {
        line["message"] == message && expected.iter().all(|(name, value)| line[name] == *value)
    })
}
