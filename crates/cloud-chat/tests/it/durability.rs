//! What was acknowledged survives a kill -9 (rule 1), and a retry makes nothing twice (rule 4).

use crate::harness::{MergingClient, Storm, Topology, count};

const ROUNDS: usize = 3;

#[tokio::test]
async fn a_kill_in_the_middle_of_a_storm_loses_nothing_that_was_acknowledged() {
    let mut app = Topology::one_process().with("MESSAGE_RATE", "100000").start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let rooms = [alice.create_room_with("one", &[&bob]).await, bob.create_room_with("two", &[&alice]).await];
    let mut clients = [MergingClient::start(&app, &alice), MergingClient::start(&app, &bob)];
    let mut left_open = 0;

    for round in 0..ROUNDS {
        let mut storm = Storm::start(&format!("round-{round}"), &[&alice, &bob], &rooms);
        storm.until_acked(150).await;
        app.kill().await;
        let aftermath = storm.end().await;
        assert!(aftermath.acked() >= 150);
        left_open += aftermath.open.len();

        app.start_again().await;
        for room in rooms {
            aftermath.assert_kept(room, &alice.history(room).await);
        }
        aftermath.retry().await;
        for room in rooms {
            let log = alice.history(room).await;
            aftermath.assert_kept(room, &log);
            for sent in aftermath.open.iter().filter(|sent| sent.room == room) {
                let copies = log.iter().filter(|message| message.client_message_id == sent.client_message_id);
                assert_eq!(copies.count(), 1, "{}", sent.client_message_id);
            }
            for client in &mut clients {
                assert_eq!(client.log_until(room, count(&log)).await, log);
            }
        }
    }
    assert!(left_open > 0, "the kills fell between the sends: nothing was tested");
    app.assert_healthy().await;
}

#[tokio::test]
async fn everything_else_survives_a_kill_too() {
    let mut app = Topology::one_process().start().await;
    let (mut alice, bob) = (app.user("alice").await, app.user("bob").await);
    let phone = alice.log_in().await;
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let gone = alice.create_room_with("gone", &[&bob]).await;
    alice.delete(&format!("/rooms/{gone}")).await.is(200);
    alice.remove(plans, &bob).await;
    phone.log_out().await;
    alice.change_password("an entirely other phrase 9").await;

    app.kill().await;
    app.start_again().await;

    alice.refresh().await;
    assert_eq!(alice.my_room(plans).await.expect("listed")["name"], "plans");
    for room in [plans, gone] {
        bob.get(&format!("/rooms/{room}")).await.problem(404, "NOT_FOUND");
    }
    phone.get("/users/me").await.problem(401, "SESSION_REVOKED");
    phone.try_refresh().await.problem(401, "BAD_REFRESH_TOKEN");
    alice.log_in().await;
    assert!(alice.create_room("next").await > gone, "ids are never used twice");
}
