//! Sessions that end.

use std::time::Duration;

use fanout::gateway::Scope;
use protocol::{SessionId, UserId};

use super::world::{OLD, World};

#[tokio::test]
async fn the_connections_of_a_session_that_ended_are_closed_and_no_others() {
    let (world, alice) = (World::start().await, UserId::random());
    let ended = world.write("ended=", alice, Scope::All, OLD, &[1, 2]).await;
    world.write("other=", alice, Scope::All, OLD, &[1]).await;
    for id in ["ended=", "other="] {
        world.gateway.pretend(id);
    }
    world.bus.revoke(&[SessionId::random(), ended.session]);
    world.until("it is closed", async || !world.gateway.has("ended=")).await;
    world.until("its rows go", async || world.rows("ended=").await == 0).await;
    assert!(world.gateway.has("other="));
    assert_eq!(world.rows("other=").await, 4);
}

#[tokio::test]
async fn a_connection_that_is_only_coming_is_closed_once_it_is_there() {
    let (world, alice) = (World::start().await, UserId::random());
    let coming = world.write("coming=", alice, Scope::All, Duration::ZERO, &[1]).await;
    world.bus.revoke(&[coming.session]);
    world.gateway.pretend("coming=");
    world.until("it is closed", async || !world.gateway.has("coming=")).await;
    world.until("its rows go", async || world.rows("coming=").await == 0).await;
}
