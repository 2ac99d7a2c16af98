//! Traces: one from service to service, told to a collector that takes OTLP over HTTP, and nothing where none is named.

mod collector;

use serde_json::json;

use crate::harness::{PATIENCE, Topology, eventually_within, within};
use collector::Collector;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn traced(topology: Topology, collector: &Collector) -> Topology {
    topology.with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).with("OTEL_BSP_SCHEDULE_DELAY", "50")
}

#[tokio::test]
async fn a_request_that_goes_through_chat_auth_and_the_bus_is_one_trace() {
    let collector = Collector::start().await;
    let app = traced(Topology::services(), &collector).start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room("plans").await;
    let _ears = [alice.connect().await, bob.connect().await];

    let path = format!("/rooms/{plans}/add-member");
    let add = alice.post(&path, &json!({"username": "bob"}));
    add.header("traceparent", &format!("00-{TRACE}-{CALLER}-01")).await.is(200);

    let asked = collector.span(TRACE, "cloud-chat-chat", "POST /rooms/{id}/add-member").await;
    assert_eq!(asked.parent, CALLER);
    assert_eq!(asked.attribute("http.response.status_code"), "200");
    assert_eq!(asked.attribute("http.route"), "/rooms/{id}/add-member");
    let asking = collector.span(TRACE, "cloud-chat-chat", "GET auth").await;
    assert_eq!(asking.parent, asked.id);
    let answered = collector.span(TRACE, "cloud-chat-auth", "GET /users/by-username/{username}").await;
    assert_eq!(answered.parent, asking.id);
    let heard = collector.span(TRACE, "cloud-chat-ws", "receive event").await;
    assert_eq!(heard.parent, asked.id);
    let told = format!("{:?}", collector.spans());
    assert!(!told.contains("bob") && !told.contains(&alice.token), "nobody is named: {told}");
}

#[tokio::test]
async fn a_message_by_socket_is_one_trace_from_the_one_to_the_others_socket() {
    let collector = Collector::start().await;
    let app = traced(Topology::services(), &collector).start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let general = alice.general().await;
    // On two nodes.
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    hers.send_acked(general, "one", "hello").await;
    his.expect_message(general).await;

    let begun = eventually_within(PATIENCE, "the frame is told of", async || {
        collector.spans().into_iter().find(|span| span.name == "sendMessage")
    })
    .await;
    assert_eq!((begun.service.as_str(), begun.parent.as_str()), ("cloud-chat-ws", ""));
    let asking = collector.span(&begun.trace, "cloud-chat-ws", "POST chat").await;
    assert_eq!(asking.parent, begun.id);
    let asked = collector.span(&begun.trace, "cloud-chat-chat", "POST /internal/messages/send").await;
    assert_eq!(asked.parent, asking.id);
    let stored = collector.span(&begun.trace, "cloud-chat-chat", "store").await;
    assert_eq!(stored.parent, asked.id);
    let heard = collector.span(&begun.trace, "cloud-chat-ws", "receive event").await;
    assert_eq!(heard.parent, stored.id);
}

#[tokio::test]
async fn what_its_beginner_does_not_record_is_not_told() {
    let collector = Collector::start().await;
    let app = traced(Topology::one_process(), &collector).with("OTEL_TRACES_SAMPLER_ARG", "0").start().await;
    let alice = app.user("alice").await;
    let read = async |flags: &str, trace: &str| {
        alice
            .get("/rooms/general")
            .header("traceparent", &format!("00-{trace}-{CALLER}-{flags}"))
            .await
            .is(200);
    };
    read("00", "11111111111111111111111111111111").await;
    app.get("/health/ready").header("traceparent", &format!("00-{TRACE}-{CALLER}-01")).await.is(200);
    read("01", TRACE).await;
    collector.span(TRACE, "cloud-chat", "GET /rooms/general").await;
    let told = collector.spans();
    assert_eq!(told.len(), 1, "neither probes, nor what began here, of which none is wanted: {told:?}");
}

#[tokio::test]
async fn a_collector_that_is_away_is_said_once_and_harms_nobody() {
    let app = Topology::one_process()
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
        .with("OTEL_BSP_SCHEDULE_DELAY", "50");
    let mut app = app.start().await;
    let alice = app.user("alice").await;
    eventually_within(PATIENCE, "it is said", async || {
        alice.get("/rooms/general").await.is(200);
        app.log().contains("OTEL_EXPORTER_OTLP_ENDPOINT").then_some(())
    })
    .await;
    assert_eq!(app.log().matches("OTEL_EXPORTER_OTLP_ENDPOINT").count(), 1);
    app.signal_terminate();
    assert_eq!(within(PATIENCE, "it stops", app.exit_code()).await, Some(0));
}
