//! One of them is away: what does not need it goes on, nothing that was acknowledged is lost, and what must hold holds.

use serde_json::{Value, json};

use super::dependencies_of;
use crate::harness::{Closed, Message, SOON, Topology, eventually, within};

#[tokio::test]
async fn without_auth_those_who_are_logged_in_go_on() {
    let mut app = Topology::services().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut his = bob.connect().await;

    app.server("auth").kill().await;

    let sent = alice.send(plans, "auth is away").await;
    assert_eq!(Message::of(&his.expect_message(plans).await), sent);
    his.send_acked(plans, "by-socket", "so it is").await;
    bob.connect().await.send_acked(plans, "by-another", "and one may still come").await;
    alice.remove(plans, &bob).await;
    let add = || alice.post(&format!("/rooms/{plans}/add-member"), &json!({"username": "bob"}));
    let answer = add().await;
    assert!(!answer.header("retry-after").is_empty());
    answer.problem(503, "UNAVAILABLE");

    let port = app.server("chat").port();
    eventually("chat says that auth is away", async || {
        (dependencies_of(port).await.1["auth"] == "away").then_some(())
    })
    .await;
    app.server("chat").kill().await;
    app.server("chat").start_again().await;
    alice.send(plans, "even after a restart of chat").await;

    app.server("auth").start_again().await;
    eventually("he can be added again", async || (add().await.status == 200).then_some(())).await;
}

#[tokio::test]
async fn without_chat_sockets_stay_and_afterwards_everybody_has_everything() {
    let mut app = Topology::services().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    hers.send_acked(plans, "before", "before").await;
    his.expect_message(plans).await;

    app.server("chat").kill().await;
    hers.send(plans, "meanwhile", "meanwhile").await;
    let error = hers.expect_error("UNAVAILABLE").await;
    assert_eq!(error["clientMessageId"], "meanwhile");
    app.server("chat").start_again().await;

    let acked = eventually("it can be sent again", async || {
        hers.send(plans, "meanwhile", "meanwhile").await;
        let answer = hers.expect_where("an answer", |e| e["type"] == "ack" || e["type"] == "error").await;
        (answer["type"] == "ack").then_some(answer)
    })
    .await;
    assert_eq!(acked["seq"], 2, "once, however often it was tried");
    assert_eq!(his.expect_message(plans).await["seq"], 2);
    for socket in [&mut hers, &mut his] {
        socket.assert_alive().await;
    }
}

#[tokio::test]
async fn a_chat_that_stands_still_costs_no_socket() {
    let mut app = Topology::services().start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut hers = alice.connect().await;
    app.server("chat").freeze();
    hers.send(plans, "patience", "patience").await;
    let error = hers.expect_error("UNAVAILABLE").await;
    assert_eq!(error["clientMessageId"], "patience");
    app.server("chat").thaw();
    // The first try may have been stored after all.
    assert!(hers.send_acked(plans, "patience", "patience").await["seq"] == 1);
    assert_eq!(alice.history(plans).await.len(), 1);
}

#[tokio::test]
async fn without_nats_messages_come_late_and_new_connections_are_taken() {
    let mut app = Topology::services().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut his = bob.connect().await;
    app.nats.as_mut().expect("there is one").kill().await;

    let sent = alice.send(plans, "NATS is away").await;
    let heard = within(SOON, "it comes by comparing", his.expect_message(plans)).await;
    assert_eq!(Message::of(&heard), sent);
    let mut again = within(SOON, "one may still come", bob.connect()).await;
    assert_eq!(again.position(plans), Some(sent.seq));
    let sent = alice.send(plans, "to both").await;
    for socket in [&mut his, &mut again] {
        let heard = within(SOON, "it comes by comparing", socket.expect_message(plans)).await;
        assert_eq!(Message::of(&heard), sent);
    }

    app.nats.as_mut().expect("there is one").start_again().await;
    let port = app.server("ws").port();
    eventually("it is back", async || (dependencies_of(port).await.1["nats"] == "up").then_some(())).await;
    let sent = alice.send(plans, "by NATS again").await;
    assert_eq!(Message::of(&his.expect_message(plans).await), sent);
}

#[tokio::test]
async fn a_room_renamed_while_nats_is_away_is_renamed_for_the_sockets_of_every_node() {
    let mut app = Topology::services().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    // On two nodes.
    let mut sockets = [bob.connect().await, bob.connect_to(plans).await];
    let rename =
        async |name: &str| alice.patch(&format!("/rooms/{plans}"), &json!({"name": name})).await.is(200);
    app.nats.as_mut().expect("there is one").kill().await;

    rename("NATS is away").await;
    for socket in &mut sockets {
        let updated = within(SOON, "it comes by comparing", socket.expect("roomUpdated")).await;
        assert_eq!(updated["room"]["name"], "NATS is away");
    }
    app.nats.as_mut().expect("there is one").start_again().await;
    for port in app.ports_of("ws") {
        eventually("it is back", async || (dependencies_of(port).await.1["nats"] == "up").then_some(()))
            .await;
    }
    rename("NATS is back").await;
    for socket in &mut sockets {
        assert_eq!(
            socket.expect("roomUpdated").await["room"]["name"],
            "NATS is back",
            "the other one came once"
        );
    }
}

#[tokio::test]
async fn who_joins_leaves_or_reads_while_nats_is_away_does_so_for_the_sockets_of_every_node() {
    let mut app = Topology::services().start().await;
    let [alice, bob, carol] = [app.user("alice").await, app.user("bob").await, app.user("carol").await];
    let plans = alice.create_room_with("plans", &[&bob]).await;
    alice.send(plans, "one").await;
    // On two nodes.
    let mut sockets = [bob.connect().await, bob.connect_to(plans).await];
    app.nats.as_mut().expect("there is one").kill().await;

    alice.add(plans, &carol).await;
    carol.leave(plans).await;
    bob.mark_read(plans, 1).await;
    for socket in &mut sockets {
        for kind in ["memberAdded", "memberRemoved"] {
            let told = within(SOON, "it comes by comparing", socket.expect(kind)).await;
            assert_eq!((&told["userId"], &told["username"]), (&json!(carol.id), &json!("carol")));
        }
        let read = within(SOON, "it comes by comparing", socket.expect("read")).await;
        assert_eq!(read, json!({"type": "read", "roomId": plans, "seq": 1}));
    }
    app.nats.as_mut().expect("there is one").start_again().await;
    for port in app.ports_of("ws") {
        eventually("it is back", async || (dependencies_of(port).await.1["nats"] == "up").then_some(()))
            .await;
    }
    alice.add(plans, &carol).await;
    alice.send(plans, "two").await;
    for socket in &mut sockets {
        socket.expect_message(plans).await;
        let again = socket.unasked();
        let of = |kind: &str| again.iter().filter(|event| event["type"] == kind).count();
        assert_eq!((of("memberAdded"), of("memberRemoved"), of("read")), (1, 0, 0), "each once: {again:?}");
    }
}

/// Rule 6: on every node, whether the bus told of the removal or not.
#[tokio::test]
async fn who_was_removed_while_nats_was_away_is_given_nothing_by_any_node() {
    let mut app = Topology::services().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let general = alice.general().await;
    // On two nodes; she holds the room alive on both.
    let (mut his, mut also_his) = (bob.connect().await, bob.connect_to(plans).await);
    let (mut hers, mut also_hers) = (alice.connect().await, alice.connect().await);
    alice.send(plans, "both hear this").await;
    for socket in [&mut his, &mut also_his, &mut hers, &mut also_hers] {
        socket.expect_message(plans).await;
    }
    app.nats.as_mut().expect("there is one").kill().await;

    let last_seq = alice.remove(plans, &bob).await;
    assert_eq!(last_seq, 1);
    alice.send(plans, "she alone hears this, while NATS is away").await;
    for socket in [&mut hers, &mut also_hers] {
        assert_eq!(within(SOON, "she hears it", socket.expect_message(plans)).await["seq"], 2);
    }
    app.nats.as_mut().expect("there is one").start_again().await;
    let port = app.server("ws").port();
    eventually("it is back", async || (dependencies_of(port).await.1["nats"] == "up").then_some(())).await;
    alice.send(plans, "and this, with NATS back").await;
    for socket in [&mut hers, &mut also_hers] {
        assert_eq!(within(SOON, "she hears it", socket.expect_message(plans)).await["seq"], 3);
    }

    // What came after it on the same connection has arrived: nothing else is on its way.
    alice.send(general, "a later event").await;
    his.expect_message(general).await;
    for socket in [&mut his, &mut also_his] {
        let events = socket.unasked();
        let messages: Vec<&Value> =
            events.iter().filter(|e| e["type"] == "message" && e["roomId"] == plans).collect();
        assert!(messages.is_empty(), "given after the removal: {messages:?}");
    }
}

#[tokio::test]
async fn a_session_that_ends_while_nats_is_away_is_cut_on_every_node() {
    let mut app = Topology::services().start().await;
    let alice = app.user("alice").await;
    let phone = alice.log_in().await;
    let mut sockets = vec![phone.connect().await, phone.connect().await];
    app.nats.as_mut().expect("there is one").kill().await;

    phone.log_out().await;

    for socket in &mut sockets {
        let closed = within(SOON, "the socket of an ended session is cut", socket.expect_close()).await;
        assert_eq!(closed, Closed { code: 1008, reason: "revoked".into() });
    }
    phone.get("/rooms/my-rooms").await.problem(401, "SESSION_REVOKED");
    alice.get("/rooms/my-rooms").await.is(200);
}
