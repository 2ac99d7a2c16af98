//! One bad connection never fails the others.

use std::time::Duration;

use fanout::gateway::Scope;
use protocol::UserId;
use testbed::gateway::Fault;

use super::world::{OLD, World, message};

#[tokio::test]
async fn a_connection_that_is_gone_is_forgotten_and_the_others_hear() {
    let (world, gone) = (World::start().await, UserId::random());
    world.join(1, gone);
    world.write("gone=", gone, Scope::All, OLD, &[1, 2, 3]).await;
    world.member("alice=", &[1]).await;
    assert_eq!(world.rows("gone=").await, 6);
    world.publish(message(1, 1)).await;
    world.hears("alice=", 1).await;
    world.until("its rows go", async || world.rows("gone=").await == 0).await;
}

#[tokio::test]
async fn a_young_connection_is_waited_for_and_holds_up_nobody() {
    let (world, late) = (World::start().await, UserId::random());
    world.join(1, late);
    let connection = world.write("late=", late, Scope::All, Duration::ZERO, &[1]).await;
    world.member("alice=", &[1]).await;
    for seq in [1, 2] {
        world.publish(message(1, seq)).await;
        world.hears("alice=", usize::try_from(seq).expect("small")).await;
    }
    assert_eq!(world.rows("late=").await, 4, "it is not forgotten");
    world.gateway.pretend("late=");
    world.publish(message(1, 3)).await;
    world.hears("alice=", 3).await;
    assert!(world.gateway.told("late=").is_empty(), "nothing before `connected`");
    world.connections.mark_greeted(&connection).await.expect("it is written");
    world.hears("late=", 3).await;
}

#[tokio::test]
async fn who_is_asked_to_slow_down_tries_again() {
    let world = World::start().await;
    for id in ["alice=", "bob="] {
        world.member(id, &[1]).await;
        world.gateway.set_fault(id, Fault::Throttled(3));
    }
    world.publish(message(1, 1)).await;
    for id in ["alice=", "bob="] {
        world.hears(id, 1).await;
    }
}

#[tokio::test]
async fn a_connection_that_fails_costs_the_others_nothing() {
    let world = World::start().await;
    for (id, status) in [("forbidden=", 403), ("broken=", 500), ("large=", 413)] {
        world.member(id, &[1]).await;
        world.gateway.set_fault(id, Fault::Broken(status));
    }
    world.member("alice=", &[1]).await;
    for seq in [1, 2] {
        world.publish(message(1, seq)).await;
    }
    let heard = world.hears("alice=", 2).await;
    assert_eq!((&heard[0]["message"]["seq"], &heard[1]["message"]["seq"]), (&1.into(), &2.into()));
    for id in ["forbidden=", "broken=", "large="] {
        assert_eq!(world.rows(id).await, 4, "{id} may be well again");
    }
}
