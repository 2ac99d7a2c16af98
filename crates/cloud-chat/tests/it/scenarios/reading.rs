//! Read marks and what is still unread.

use serde_json::json;

use crate::harness::{Topology, User};

pub async fn reading_is_told_to_the_readers_own_connections_only(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    alice.send(plans, "one").await;
    alice.send(plans, "two").await;
    let (mut laptop, mut phone) = (bob.connect().await, bob.connect_to(plans).await);
    let mut hers = alice.connect().await;

    bob.mark_read(plans, 2).await;

    let read = json!({"type": "read", "roomId": plans, "seq": 2});
    assert_eq!(laptop.expect("read").await, read);
    assert_eq!(phone.expect("read").await, read);
    bob.send(plans, "three").await;
    hers.expect_message(plans).await;
    assert!(hers.unasked().iter().all(|event| event["type"] != "read"), "what he read is his own");
}

pub async fn unread_counts_what_others_wrote_since(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room("plans").await;
    alice.send(plans, "before he came").await;
    alice.add(plans, &bob).await;
    assert_counts(&bob, plans, 1, 1, "a newcomer has read what was there").await;

    alice.send(plans, "two").await;
    let third = alice.send(plans, "three").await;
    assert_counts(&bob, plans, 3, 1, "what others write is unread").await;
    assert_counts(&alice, plans, 3, 3, "sending moves one's own mark").await;
    assert_eq!(bob.my_room(plans).await.expect("listed")["lastMessage"]["id"], third.id);

    bob.mark_read(plans, 2).await;
    assert_counts(&bob, plans, 3, 2, "reading moves it").await;
    bob.connect().await.send_acked(plans, "his", "four").await;
    assert_counts(&bob, plans, 4, 4, "so does sending by socket").await;
    assert_counts(&alice, plans, 4, 3, "hers stays").await;
}

pub async fn a_read_mark_moves_forward_only(topology: Topology) {
    let app = topology.start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room_with("plans", &[&bob]).await;
    for n in 1..=5 {
        alice.send(plans, &format!("{n}")).await;
    }

    bob.mark_read(plans, 4).await;
    bob.mark_read(plans, 2).await;
    assert_counts(&bob, plans, 5, 4, "not back").await;
    bob.mark_read(plans, 0).await;
    assert_counts(&bob, plans, 5, 4, "not back to the start").await;
    bob.mark_read(plans, 9_000_000_000_000_000).await;
    assert_counts(&bob, plans, 5, 5, "not past the end").await;
    alice.send(plans, "6").await;
    assert_counts(&bob, plans, 6, 5, "so that the next one counts").await;
}

async fn assert_counts(user: &User, room: i64, last: i64, read: i64, why: &str) {
    let listed = user.my_room(room).await.expect("listed");
    let counts = [&listed["lastSeq"], &listed["lastReadSeq"], &listed["unread"]];
    assert_eq!(counts, [&json!(last), &json!(read), &json!(last - read)], "{why}");
}
