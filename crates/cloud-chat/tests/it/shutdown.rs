//! SIGTERM: sockets are told to come back, what is in flight is finished, and the process is gone in time.

use std::{path::Path, time::Instant};

use crate::harness::{MergingClient, Plan, SOON, Server, Storm, Topology, count};

#[tokio::test]
async fn a_stop_in_the_middle_of_a_storm_loses_nothing() {
    let mut app = Topology::one_process().with("MESSAGE_RATE", "100000").start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut client = MergingClient::start(&app, &bob);
    let mut idle = bob.connect().await;
    let mut storm = Storm::start("storm", &[&alice, &bob], &[plans]);
    storm.until_acked(150).await;

    let begun = Instant::now();
    app.signal_terminate();

    assert_eq!(idle.expect_close().await.code, 1012);
    assert_eq!(app.exit_code().await, Some(0));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    let aftermath = storm.end().await;

    app.start_again().await;
    aftermath.assert_kept(plans, &alice.history(plans).await);
    aftermath.retry().await;
    let log = alice.history(plans).await;
    aftermath.assert_kept(plans, &log);
    assert_eq!(client.log_until(plans, count(&log)).await, log);
}

#[tokio::test]
async fn an_idle_server_stops_at_once_and_nobody_can_connect_meanwhile() {
    let mut app = Topology::one_process().start().await;
    let alice = app.user("alice").await;
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(alice.connect().await);
    }

    let begun = Instant::now();
    app.signal_terminate();

    for socket in &mut sockets {
        assert_eq!(socket.expect_close().await.code, 1012);
    }
    assert_eq!(app.exit_code().await, Some(0));
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert!(app.get("/health").try_send().await.is_err(), "the port is free");
    let log = app.log();
    assert!(!log.contains("\"ERROR\"") && !log.contains("panicked"), "{log}");
}

#[tokio::test]
async fn a_log_that_takes_no_more_stops_nobody() {
    let data = tempfile::tempdir().unwrap();
    // Every write to it fails as on a full disk.
    let plan = Plan::one_process(data.path(), vec![("LOG".into(), "debug".into())]);
    let mut server = Server::start(plan.logging_to(Path::new("/dev/full"))).await;
    let health = reqwest::get(format!("http://127.0.0.1:{}/health", server.port())).await.unwrap();
    assert_eq!(health.status(), 200);
    server.signal_terminate();
    assert_eq!(server.exit_code().await, Some(0));
}
