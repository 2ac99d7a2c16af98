//! Messages and what becomes of rooms.

use std::time::{Duration, Instant};

use fanout::{Event, gateway::Scope};
use futures::{StreamExt, stream};
use protocol::{RoomId, Seq, UserId};
use serde_json::json;
use testbed::gateway::Fault;

use super::world::{OLD, World, message};

#[tokio::test]
async fn a_message_reaches_every_connection_of_every_member_and_no_other() {
    let world = World::start().await;
    let alice = world.member("alice-1=", &[1, 2]).await;
    world.write("alice-2=", alice, Scope::Room(RoomId(1)), OLD, &[1]).await;
    world.member("bob=", &[2]).await;
    // Her row outlived her membership.
    let carol = world.member("carol=", &[1]).await;
    world.leave(1, carol);
    world.gateway.pretend("alice-2=");

    world.publish(message(1, 1)).await;
    for id in ["alice-1=", "alice-2="] {
        let heard = world.hears(id, 1).await;
        assert_eq!(
            (&heard[0]["type"], &heard[0]["message"]["content"]),
            (&json!("message"), &json!("the 1th"))
        );
    }
    world.join(1, carol);
    world.publish(message(1, 2)).await;
    assert_eq!(world.hears("carol=", 1).await[0]["message"]["seq"], 2);
    world.hears("alice-1=", 2).await;
    assert!(world.gateway.told("bob=").is_empty());
}

#[tokio::test]
async fn the_messages_of_a_room_come_in_their_order() {
    let world = World::start().await;
    world.member("alice=", &[1]).await;
    for seq in 1..=300 {
        world.publish(message(1, seq)).await;
    }
    let heard = world.hears("alice=", 300).await;
    assert!(heard.iter().zip(1..).all(|(event, seq)| event["message"]["seq"] == seq));
}

#[tokio::test]
async fn a_connection_past_its_time_is_not_told() {
    let (world, user) = (World::start().await, UserId::random());
    world.join(1, user);
    world.write("expired=", user, Scope::All, Duration::from_secs(3 * 3600), &[1]).await;
    world.gateway.pretend("expired=");
    world.member("alice=", &[1]).await;
    world.publish(message(1, 1)).await;
    world.hears("alice=", 1).await;
    assert!(world.gateway.told("expired=").is_empty());
    assert!(world.connections.find("expired=").await.is_ok_and(|found| found.is_none()));
}

#[tokio::test]
async fn what_was_read_is_told_to_the_reader_alone() {
    let world = World::start().await;
    let alice = world.member("alice-1=", &[1]).await;
    for (id, room) in [("alice-2=", 1), ("alice-3=", 2)] {
        world.write(id, alice, Scope::Room(RoomId(room)), OLD, &[room]).await;
        world.gateway.pretend(id);
    }
    world.member("bob=", &[1]).await;
    world.publish(Event::Read { user_id: alice, room_id: RoomId(1), seq: Seq(7) }).await;
    for id in ["alice-1=", "alice-2="] {
        assert_eq!(world.hears(id, 1).await, [json!({"type": "read", "roomId": 1, "seq": 7})]);
    }
    assert!(world.gateway.told("alice-3=").is_empty() && world.gateway.told("bob=").is_empty());
}

#[tokio::test]
async fn a_deleted_room_is_told_and_its_rows_go() {
    let world = World::start().await;
    let alice = world.member("alice-1=", &[1, 2]).await;
    world.write("alice-2=", alice, Scope::Room(RoomId(1)), OLD, &[1]).await;
    world.gateway.pretend("alice-2=");
    world.leave(1, alice);
    world.publish(Event::RoomDeleted { room_id: RoomId(1) }).await;
    assert_eq!(world.hears("alice-1=", 1).await, [json!({"type": "roomDeleted", "roomId": 1})]);
    world.until("the connection to it ends", async || !world.gateway.has("alice-2=")).await;
    world.until("its rows go", async || world.rows("alice-2=").await == 0).await;
    // Itself, its user, its session and the other room.
    assert_eq!(world.rows("alice-1=").await, 4);
}

/// What is aimed at, a second, is for a machine that does nothing else.
#[tokio::test]
async fn a_thousand_connections_hear_one_message() {
    const COUNT: usize = 1000;
    let (world, user) = (World::start().await, UserId::random());
    world.join(1, user);
    let ids: Vec<_> = (0..COUNT).map(|n| format!("{n}=")).collect();
    let writing = stream::iter(&ids).map(|id| world.write(id, user, Scope::Room(RoomId(1)), OLD, &[1]));
    writing.buffer_unordered(16).for_each(|_| std::future::ready(())).await;
    for id in &ids {
        world.gateway.pretend(id);
        world.gateway.set_fault(id, Fault::Slow(Duration::from_millis(10)));
    }
    for (seq, what) in [(1, "cold"), (2, "warm")] {
        let begun = Instant::now();
        world.publish(message(1, seq)).await;
        let count = usize::try_from(seq).expect("small");
        world.until("all hear it", async || ids.iter().all(|id| world.gateway.told(id).len() == count)).await;
        eprintln!("one message to {COUNT} connections, {what}: {:?}", begun.elapsed());
    }
}
