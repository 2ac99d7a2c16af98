//! Nothing breaks: processes are stopped as an operator stops them, one after the other.

use super::{faults::Victim, world::World};
use crate::harness::{Sockets, Topology};

/// Messages that must be acknowledged between two stops: all went on.
const BREATH: usize = 15;

/// Rolling over to another version; the database and NATS stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_loses_nothing_and_leaves_nobody_behind() {
    let mut app = Topology::many_services().start().await;
    let mut world = World::start(&app, Sockets::MayClose).await;
    for nth in 0..app.servers.len() {
        world.goes_on(BREATH).await;
        app.servers[nth].signal_terminate();
        assert_eq!(app.servers[nth].exit_code().await, Some(0), "{}", app.servers[nth].name());
        world.goes_on(if app.servers[nth].role() == Some("auth") { BREATH } else { 1 }).await;
        app.servers[nth].start_again().await;
    }
    world.end(&mut app).await;
}

/// The same with NATS away for a while after each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_in_one_nodes_roll_over_too_and_nats_may_be_away_in_between() {
    let mut app = Topology::side_by_side().start().await;
    let mut world = World::start(&app, Sockets::MayClose).await;
    for nth in 0..app.servers.len() {
        world.goes_on(BREATH).await;
        app.servers[nth].signal_terminate();
        assert_eq!(app.servers[nth].exit_code().await, Some(0));
        world.goes_on(BREATH).await;
        app.servers[nth].start_again().await;
        Victim::Nats.kill(&mut app).await;
        world.goes_on(BREATH).await;
        Victim::Nats.start_again(&mut app).await;
    }
    world.end(&mut app).await;
}
