//! `GET /metrics`: not there unless `METRICS_ADDR` says where, and what it tells in every role.

use serde_json::Value;

use crate::harness::{App, Socket, Topology, eventually};

/// Lines of `name{labels} value`.
struct Figures(String);

impl Figures {
    /// From the last address that the log tells.
    async fn of(log: &str) -> Self {
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let told = lines.rfind(|line| line["message"] == "metrics").expect("the log tells the address");
        let address = told["address"].as_str().expect("an address").to_owned();
        let answer = reqwest::get(format!("http://{address}/metrics")).await.expect("it answers");
        assert_eq!(answer.status(), 200);
        let content_type = answer.headers()["content-type"].to_str().expect("ASCII").to_owned();
        assert!(content_type.starts_with("application/openmetrics-text; version=1.0.0"), "{content_type}");
        let other = reqwest::get(format!("http://{address}/")).await.expect("it answers");
        assert_eq!(other.status(), 404, "nothing else is here");
        Self(answer.text().await.expect("text"))
    }

    /// `name` with its labels as they are written.
    fn get(&self, name: &str) -> &str {
        let value = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {name} in\n{}", self.0))
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).parse().expect("a number")
    }
}

fn measured(topology: Topology) -> Topology {
    topology.with("METRICS_ADDR", "127.0.0.1:0")
}

/// Somebody says something, and somebody else hears it on the socket that is returned.
async fn talk(app: &App) -> Socket {
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let mut ear = bob.connect().await;
    let general = alice.general().await;
    alice.send_as(general, "once", "hello").await.is(201);
    alice.send_as(general, "once", "hello").await.is(200);
    ear.expect_message(general).await;
    ear
}

#[tokio::test]
async fn nothing_is_told_unless_it_was_asked_for() {
    let app = Topology::one_process().start().await;
    assert!(!app.log().contains("\"metrics\""));
    let answer = app.get("/metrics").await;
    assert!(!answer.text().contains("process_"), "the web app answers there: {}", answer.text());
}

#[tokio::test]
async fn one_process_tells_of_sends_deliveries_sockets_and_requests() {
    let app = measured(Topology::one_process()).start().await;
    let before = Figures::of(&app.log()).await;
    assert_eq!(before.get("cloud_chat_connections"), "0");
    let ear = talk(&app).await;
    let figures = Figures::of(&app.log()).await;
    for (name, value) in [
        ("cloud_chat_connections", "1"),
        ("cloud_chat_connected_users", "1"),
        ("cloud_chat_live_rooms", "1"),
        ("cloud_chat_sends_total{outcome=\"stored\"}", "1"),
        ("cloud_chat_sends_total{outcome=\"repeated\"}", "1"),
        ("cloud_chat_writer_batch_messages_count", "2"),
        ("cloud_chat_writer_batch_messages_sum", "2.0"),
        ("cloud_chat_writer_batch_seconds_count", "2"),
        ("cloud_chat_writer_queue_messages", "0"),
        ("cloud_chat_delivery_lag_seconds_count", "1"),
        ("cloud_chat_hub_queue_events", "0"),
        ("cloud_chat_password_queue", "0"),
        (
            "cloud_chat_http_request_duration_seconds_count{method=\"POST\",route=\"/auth/signup\",status=\"201\"}",
            "2",
        ),
        (
            "cloud_chat_http_request_duration_seconds_count{method=\"POST\",route=\"/messages/{roomId}\",status=\"200\"}",
            "1",
        ),
    ] {
        assert_eq!(figures.get(name), value, "{name}");
    }
    assert!(figures.number("cloud_chat_deliveries_total") >= 1.0);
    assert!(figures.number("process_resident_memory_bytes") > 1e6);
    assert!(!figures.0.contains("token="), "no address is told as it was sent");
    drop(ear);
    eventually("the socket's end is counted", async || {
        let figures = Figures::of(&app.log()).await;
        (figures.0.contains("cloud_chat_socket_ends_total{reason=\"gone\"} 1")
            && figures.get("cloud_chat_connections") == "0")
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn every_service_tells_its_own() {
    let mut app = measured(Topology::services()).start().await;
    let _ear = talk(&app).await;
    for (role, own, others) in [
        ("auth", "cloud_chat_password_queue 0", "cloud_chat_sends"),
        ("chat", "cloud_chat_sends_total{outcome=\"stored\"} 1", "cloud_chat_connections"),
        ("ws", "cloud_chat_connections ", "cloud_chat_sends"),
    ] {
        let figures = Figures::of(&app.server(role).log()).await;
        assert!(figures.0.contains(own) && !figures.0.contains(others), "{role}: {}", figures.0);
        assert!(figures.number("process_open_fds") > 1.0, "{role}");
    }
}
