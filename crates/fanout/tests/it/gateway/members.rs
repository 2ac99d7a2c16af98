//! Coming and going.

use fanout::gateway::Scope;
use protocol::{RoomId, UserId};
use serde_json::json;

use super::world::{OLD, World, added, message, removed};

#[tokio::test]
async fn a_new_member_hears_from_then_on() {
    let world = World::start().await;
    world.member("alice=", &[1]).await;
    let bob = world.member("bob=", &[2]).await;
    world.join(1, bob);
    world.publish(added(1, bob)).await;
    world.publish(message(1, 1)).await;
    for id in ["alice=", "bob="] {
        let heard = world.hears(id, 2).await;
        assert_eq!(heard[0], json!({"type": "memberAdded", "roomId": 1, "userId": bob, "username": "zoé"}));
        assert_eq!(heard[1]["message"]["seq"], 1);
    }
}

#[tokio::test]
async fn a_removed_member_is_told_and_hears_no_more() {
    let world = World::start().await;
    world.member("alice=", &[1]).await;
    let bob = world.member("bob-1=", &[1, 2]).await;
    world.write("bob-2=", bob, Scope::Room(RoomId(1)), OLD, &[1]).await;
    world.gateway.pretend("bob-2=");
    world.leave(1, bob);
    world.publish(removed(1, bob)).await;
    world.publish(message(1, 2)).await;
    world.publish(message(2, 1)).await;

    let told = json!({"type": "memberRemoved", "roomId": 1, "userId": bob, "username": "zoé"});
    assert_eq!(world.hears("alice=", 2).await[0], told);
    let heard = world.hears("bob-1=", 2).await;
    assert!(heard.contains(&told) && heard.iter().any(|event| event["roomId"] == 2), "{heard:?}");
    world.until("the connection to that room alone ends", async || !world.gateway.has("bob-2=")).await;
    world.until("its rows go", async || world.rows("bob-2=").await == 0).await;
    assert_eq!(world.rows("bob-1=").await, 4);
}

#[tokio::test]
async fn a_removal_that_comes_late_harms_nobody_who_is_back() {
    let world = World::start().await;
    let bob = world.member("bob=", &[1]).await;
    world.publish(removed(1, bob)).await;
    world.publish(message(1, 2)).await;
    world
        .until("he hears", async || {
            world.gateway.told("bob=").iter().any(|event| event.contains("\"message\""))
        })
        .await;
    assert_eq!(world.rows("bob=").await, 4);
}

#[tokio::test]
async fn an_addition_that_comes_late_lets_nobody_in_who_is_gone() {
    let (world, bob) = (World::start().await, UserId::random());
    world.member("alice=", &[1]).await;
    world.write("bob=", bob, Scope::All, OLD, &[]).await;
    world.gateway.pretend("bob=");
    world.publish(added(1, bob)).await;
    world.publish(message(1, 2)).await;
    world.hears("alice=", 2).await;
    assert!(world.gateway.told("bob=").is_empty());
    assert_eq!(world.rows("bob=").await, 3);
}
