//! `GET /metrics`: not there unless `METRICS_ADDR` says where, and what it tells in every role.

pub mod documented;

use serde_json::{Value, json};

use crate::harness::{App, PATIENCE, Socket, Topology, eventually, eventually_within};

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

    fn has(&self, name: &str, value: &str) -> bool {
        self.0
            .lines()
            .any(|line| line.strip_prefix(name).and_then(|rest| rest.strip_prefix(' ')) == Some(value))
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
        ("cloud_chat_logins_total{outcome=\"bad_credentials\"}", "0"),
        ("cloud_chat_database_up{database=\"auth\"}", "1"),
        ("cloud_chat_database_up{database=\"chat\"}", "1"),
        ("cloud_chat_database_connections_max{database=\"chat\",pool=\"writer\"}", "1"),
        (
            "cloud_chat_http_request_duration_seconds_count{method=\"POST\",route=\"/auth/signup\",status=\"2xx\"}",
            "2",
        ),
        (
            "cloud_chat_http_request_duration_seconds_count{method=\"POST\",route=\"/messages/{roomId}\",status=\"2xx\"}",
            "2",
        ),
    ] {
        assert_eq!(figures.get(name), value, "{name}");
    }
    assert!(figures.number("cloud_chat_deliveries_total") >= 1.0);
    assert!(figures.number("process_resident_memory_bytes") > 1e6);
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("cloud_chat_build_info{{version=\"{version}\",role=\"everything\"}}");
    assert_eq!(figures.get(&build), "1");
    // A message is stored past the pools; a signup goes through them.
    for name in [
        "cloud_chat_database_statement_seconds_count{database=\"auth\",pool=\"reader\"}",
        "cloud_chat_database_statement_seconds_count{database=\"auth\",pool=\"writer\"}",
        "cloud_chat_database_wait_seconds_count{database=\"auth\"}",
        "cloud_chat_database_wait_seconds_count{database=\"chat\"}",
    ] {
        assert!(figures.number(name) >= 2.0, "{name}");
    }
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

#[tokio::test]
async fn logins_and_whoever_is_refused_are_counted_by_why() {
    let app = measured(Topology::one_process()).with("RATE_LIMITS", "on").start().await;
    let alice = app.user("alice").await;
    alice.try_log_in(&alice.password).await.is(200);
    let mut limited = 0;
    while limited == 0 {
        limited += u32::from(alice.try_log_in("what it is not").await.status == 429);
    }
    app.get("/users/me").await.problem(401, "UNAUTHORIZED");
    let mut socket = alice.connect().await;
    socket.say_text("{").await;
    socket.expect_error("BAD_JSON").await;

    let figures = Figures::of(&app.log()).await;
    for (name, value) in [
        ("cloud_chat_logins_total{outcome=\"succeeded\"}", "1"),
        ("cloud_chat_logins_total{outcome=\"rate_limited\"}", "1"),
        ("cloud_chat_rate_limited_total{limit=\"login_account\"}", "1"),
        ("cloud_chat_rate_limited_total{limit=\"login_address\"}", "0"),
        ("cloud_chat_refusals_total{code=\"RATE_LIMITED\"}", "1"),
        ("cloud_chat_refusals_total{code=\"UNAUTHORIZED\"}", "1"),
        ("cloud_chat_socket_refusals_total{code=\"BAD_JSON\"}", "1"),
    ] {
        assert_eq!(figures.get(name), value, "{name}");
    }
    let wrong = figures.get("cloud_chat_logins_total{outcome=\"bad_credentials\"}");
    assert_eq!(figures.get("cloud_chat_refusals_total{code=\"BAD_CREDENTIALS\"}"), wrong);
    assert!(wrong != "0");
}

#[tokio::test]
async fn a_refresh_token_that_somebody_had_a_copy_of_is_counted() {
    let app = measured(Topology::one_process()).start().await;
    let mut alice = app.user("alice").await;
    let stolen = json!({"refreshToken": alice.refresh_token});
    // Its successor is used: a repeat is no lost answer.
    alice.refresh().await;
    alice.refresh().await;
    app.post("/auth/refresh", &stolen).await.problem(401, "BAD_REFRESH_TOKEN");
    assert_eq!(Figures::of(&app.log()).await.get("cloud_chat_refresh_token_reuses_total"), "1");
}

/// Labels have as many values as there are routes, methods and codes, whatever clients send.
#[tokio::test]
async fn nothing_that_a_client_made_up_becomes_a_label() {
    let app = measured(Topology::one_process()).start().await;
    let alice = app.user("alice").await;
    for path in
        ["/rooms/424242", "/messages/424242", "/nothing/424242", "/assets/424242.js", "/health/424242"]
    {
        alice.get(path).await;
    }
    app.api.call(&reqwest::Method::from_bytes(b"BREW424242").expect("a token"), "/rooms/general").await;
    alice.get(&format!("/users/{}", alice.id)).await.is(200);
    let figures = Figures::of(&app.log()).await;
    assert!(figures.0.contains("route=\"/rooms/{id}\""), "{}", figures.0);
    for made_up in ["424242", &alice.id, "alice"] {
        assert!(!figures.0.contains(made_up), "{made_up} is in\n{}", figures.0);
    }
}

#[tokio::test]
async fn a_database_and_a_bus_that_go_away_are_told_of_and_so_is_their_return() {
    let mut app = measured(Topology::services()).with_own_mariadb().start().await;
    let log = app.server("chat").log();
    let told = async |what: &str, name: &str, value: &str| {
        eventually_within(PATIENCE, what, async || Figures::of(&log).await.has(name, value).then_some(()))
            .await;
    };
    let (database, nats) = ("cloud_chat_database_up{database=\"chat\"}", "cloud_chat_nats_up");
    told("all is well", database, "1").await;
    told("all is well", nats, "1").await;
    told("all is well", "cloud_chat_peer_up{peer=\"auth\"}", "1").await;
    told("nothing was lost", "cloud_chat_nats_reconnects_total", "0").await;

    app.mariadb.as_mut().expect("it is ours").kill().await;
    app.nats.as_mut().expect("there is one").kill().await;
    app.server("auth").kill().await;
    told("the database is away", database, "0").await;
    told("NATS is away", nats, "0").await;
    told("auth is away", "cloud_chat_peer_up{peer=\"auth\"}", "0").await;

    app.mariadb.as_mut().expect("it is ours").start_again().await;
    app.nats.as_mut().expect("there is one").start_again().await;
    told("the database is back", database, "1").await;
    told("NATS is back", nats, "1").await;
    told("it is counted", "cloud_chat_nats_reconnects_total", "1").await;
}
