//! What they need is stopped and started again under traffic: each request succeeds or is told to come back, sockets
//! stay open, and within five seconds of its return everybody has everything.

mod prober;

use crate::{
    harness::{SOON, Sockets, Topology},
    proof::{faults::Victim, world::World},
};
use prober::Prober;

/// Acknowledged messages before and after.
const BREATH: usize = 15;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Killed,
    /// It takes connections and answers nothing.
    Hanging,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_may_be_away_under_traffic() {
    without(Victim::Nats, Stop::Killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_may_be_away_under_traffic() {
    without(Victim::MariaDb, Stop::Killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_may_hang_under_traffic() {
    without(Victim::MariaDb, Stop::Hanging).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn auth_may_be_away_under_traffic() {
    without(Victim::Server(0), Stop::Killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chat_may_be_away_under_traffic() {
    without(Victim::Server(1), Stop::Killed).await;
}

async fn without(victim: Victim, stop: Stop) {
    let topology = Topology::services();
    let topology = if victim == Victim::MariaDb { topology.with_own_mariadb() } else { topology };
    let mut app = topology.start().await;
    let mut world = World::start(&app, Sockets::Stay).await;
    world.goes_on(BREATH).await;
    let mut prober = Prober::start(&app).await;

    match stop {
        Stop::Killed => victim.kill(&mut app).await,
        Stop::Hanging => victim.freeze(&mut app),
    }
    prober.everything_is_asked().await;
    match stop {
        Stop::Killed => victim.start_again(&mut app).await,
        Stop::Hanging => victim.thaw(&mut app),
    }

    world.goes_on(BREATH).await;
    let told_to_come_back = prober.end().await;
    assert_eq!(told_to_come_back == 0, victim == Victim::Nats, "{told_to_come_back}");
    world.end_within(SOON, &mut app).await;
}
