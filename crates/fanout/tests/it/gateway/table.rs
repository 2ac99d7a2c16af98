//! What is asked of the table, which throttles and leaves much of a batch undone.

use fanout::gateway::Scope;
use protocol::{RoomId, UserId};

use super::world::{OLD, World, added, message, removed};

#[tokio::test]
async fn what_the_table_leaves_undone_is_written_again() {
    let (world, _counter) = World::busy().await;
    let rooms: Vec<_> = (1..=60).collect();
    world.write("alice=", UserId::random(), Scope::All, OLD, &rooms).await;
    // Itself, its user and its session, too.
    assert_eq!(world.rows("alice=").await, 63);
    world.connections.remove("alice=").await.expect("it goes");
    assert_eq!(world.rows("alice=").await, 0);
}

#[tokio::test]
async fn every_question_names_a_key_and_the_table_is_never_scanned() {
    let (world, counter) = World::busy().await;
    world.member("alice=", &[1]).await;
    let bob = world.member("bob=", &[2]).await;
    let connection = world.connections.find("bob=").await.expect("it answers").expect("it is there");
    world.connections.mark_greeted(&connection).await.expect("it is written");
    world.join(1, bob);
    world.publish(added(1, bob)).await;
    world.publish(message(1, 1)).await;
    world.hears("bob=", 2).await;
    world.leave(1, bob);
    world.publish(removed(1, bob)).await;
    world.hears("bob=", 3).await;
    world.bus.revoke(&[connection.session]);
    world.until("the connection ends", async || !world.gateway.has("bob=")).await;
    world.until("its rows go", async || world.rows("bob=").await == 0).await;
    assert!(world.connections.in_room(RoomId(2)).await.is_ok_and(|connections| connections.is_empty()));

    assert_eq!(counter.asked(), ["BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query"]);
}
