//! One order for all, gaps healed, nothing missed (rules 2 and 3).

use futures::future::join_all;

use crate::harness::{App, MergingClient, Message, Topology, User, count};

const EACH: i64 = 40;

pub async fn concurrent_senders_are_seen_in_one_order_by_all(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut readers = [alice.connect().await, bob.connect().await, bob.connect_to(plans).await];

    join_all([post_all(&alice, plans), socket_all(&alice, plans), post_all(&bob, plans), socket_all(&bob, plans)])
        .await;

    let stored = alice.history(plans).await;
    assert_eq!(stored.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=4 * EACH).collect::<Vec<_>>());
    for reader in &mut readers {
        for expected in &stored {
            assert_eq!(Message::of(&reader.expect_message(plans).await), *expected);
        }
    }
}

fn post_all(user: &User, room: i64) -> futures::future::BoxFuture<'_, ()> {
    Box::pin(async move {
        for n in 0..EACH {
            user.send(room, &format!("{} posts {n}", user.username)).await;
        }
    })
}

fn socket_all(user: &User, room: i64) -> futures::future::BoxFuture<'_, ()> {
    Box::pin(async move {
        let mut socket = user.connect().await;
        for n in 0..EACH {
            socket.send_acked(room, &format!("{n}"), &format!("{} says {n}", user.username)).await;
        }
    })
}

pub async fn one_sender_is_heard_in_the_order_of_speaking(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    for n in 1..=100 {
        socket.send(plans, &format!("{n}"), &format!("message {n}")).await;
    }
    for n in 1..=100 {
        let message = Message::of(&socket.expect_message(plans).await);
        assert_eq!((message.seq, message.content), (n, format!("message {n}")));
    }
}

pub async fn gaps_are_healed_by_reading_after(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    // Long enough that what was missed is more than one page.
    for n in 1..=60 {
        alice.send(plans, &format!("before {n}")).await;
    }
    let mut lossy = MergingClient::start_dropping(&app, &bob, |seq| seq % 3 != 0);
    lossy.log_until(plans, 60).await;

    for n in 61..=90 {
        alice.send(plans, &format!("after {n}")).await;
    }

    assert_eq!(lossy.log_until(plans, 90).await, alice.history(plans).await);
}

pub async fn a_client_that_connects_in_the_middle_misses_nothing(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let connect = async {
        let mut clients = Vec::new();
        for _ in 0..5 {
            alice.page(plans, "").await;
            clients.push(MergingClient::start(&app, &bob));
        }
        clients
    };

    let ((), (), mut clients) = futures::join!(post_all(&alice, plans), socket_all(&bob, plans), connect);

    let stored = alice.history(plans).await;
    assert_eq!(count(&stored), 2 * EACH);
    for client in &mut clients {
        assert_eq!(client.log_until(plans, 2 * EACH).await, stored);
    }
}

pub async fn a_client_that_was_cut_off_misses_nothing(topology: Topology) {
    let mut app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    let mut client = MergingClient::start(&app, &bob);
    alice.send(plans, "before").await;
    client.log_until(plans, 1).await;

    restart(&mut app).await;
    for n in 2..=10 {
        alice.send(plans, &format!("after {n}")).await;
    }

    assert_eq!(client.log_until(plans, 10).await, alice.history(plans).await);
}

async fn restart(app: &mut App) {
    app.kill().await;
    app.start_again().await;
}
