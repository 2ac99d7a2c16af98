//! What travels between the services.

use std::{future::ready, time::Instant};

use async_nats::ConnectOptions;
use futures::StreamExt;

use crate::harness::{Message, PATIENCE, Topology, eventually, within};

#[tokio::test]
async fn nonsense_on_the_bus_is_logged_and_harms_nobody() {
    let mut app = Topology::services().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut his = bob.connect().await;

    // Whoever may use NATS sees where messages go.
    let url = app.nats.as_ref().expect("there is one").url();
    let stranger = ConnectOptions::new().connect(url).await.expect("NATS answers");
    let mut everything = stranger.subscribe(">").await.expect("NATS answers");
    stranger.flush().await.expect("NATS answers");
    alice.send(plans, "where does it go?").await;
    let is_it = |subject: &str| subject.ends_with(&format!(".room.{plans}"));
    let mut messages = (&mut everything).filter(|message| ready(is_it(&message.subject)));
    let subject = within(PATIENCE, "a message passes", messages.next()).await.expect("NATS answers").subject;
    his.expect_message(plans).await;
    for nonsense in ["", "nonsense", "{}", "{\"from\":1}"] {
        stranger.publish(subject.clone(), nonsense.into()).await.expect("NATS takes it");
    }
    stranger.flush().await.expect("NATS answers");

    let sent = alice.send(plans, "and now?").await;
    assert_eq!(Message::of(&his.expect_message(plans).await), sent);
    let log = app.server("ws");
    eventually("it is logged", async || log.log().contains("a malformed message on the bus").then_some(()))
        .await;
    app.assert_healthy().await;
}

/// Half a second is what a debug build on a busy machine may take; what is aimed at is measured by `make bench`.
#[tokio::test]
async fn a_message_passes_from_node_to_node_without_waiting_for_a_comparison() {
    let app = Topology::services().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    // They take turns: one node each.
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    let mut times = Vec::new();
    for n in 0..50 {
        let begun = Instant::now();
        hers.send(plans, &format!("{n}"), "hi").await;
        his.expect_message(plans).await;
        times.push(begun.elapsed());
        hers.expect("ack").await;
        hers.unasked();
    }
    times.sort();
    let median = times[times.len() / 2];
    eprintln!("from node to node: median {median:?}, slowest {:?}", times[times.len() - 1]);
    assert!(median.as_millis() < 500, "{median:?}");
}
