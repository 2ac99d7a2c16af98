//! What only services apart from each other can do wrong: their settings, their ways to each other, and one of them or
//! what they share being away.

mod bus;
mod health;
mod internal;
mod outages;
mod settings;
mod stops;

use serde_json::{Value, json};

use crate::harness::{Socket, Topology};

#[tokio::test]
async fn each_service_says_what_it_depends_on() {
    let mut app = Topology::services().start().await;
    for (role, dependencies) in [
        ("auth", json!({"database": "up", "nats": "up"})),
        ("chat", json!({"database": "up", "nats": "up", "auth": "up"})),
        ("ws", json!({"nats": "up", "chat": "up"})),
    ] {
        assert_eq!(dependencies_of(app.server(role).port()).await, (200, dependencies), "{role}");
    }
}

#[tokio::test]
async fn sockets_are_taken_on_any_path_and_nothing_else_is() {
    let mut app = Topology::services().start().await;
    let alice = app.user("alice").await;
    let port = app.server("ws").port();
    for path in ["/", "/ws", "/prod", "/some/where/else"] {
        let api = app.api.at(format!("ws://127.0.0.1:{port}{path}"));
        Socket::open(&api, &format!("?token={}", alice.token)).await.assert_alive().await;
        let plain = reqwest::get(format!("http://127.0.0.1:{port}{path}")).await.expect("it answers");
        assert_eq!(plain.status(), 400, "{path} speaks WebSocket alone");
    }
}

async fn dependencies_of(port: u16) -> (u16, Value) {
    let answer = reqwest::get(format!("http://127.0.0.1:{port}/health")).await.expect("it answers");
    let status = answer.status().as_u16();
    let health: Value = answer.json().await.expect("JSON");
    (status, health["dependencies"].clone())
}
