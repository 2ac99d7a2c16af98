//! Every process and everything they share is killed, stopped and started again in the middle of traffic. Whoever talks
//! and whoever listens is held against what was acknowledged and against the log.
//!
//! `KILLS_SECONDS` makes it longer, `KILLS_SEED` repeats a run.

pub mod faults;
pub mod world;

use std::{
    fmt::Debug,
    str::FromStr,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};

use crate::harness::{App, Sockets, Topology};
use faults::{Fate, Fault, Victim};
use world::World;

/// Messages that must be acknowledged between two faults: all went on.
const BREATH: usize = 15;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_killed_nothing_is_lost_doubled_or_out_of_order() {
    let seed: u64 = setting("KILLS_SEED").unwrap_or_else(rand::random);
    let length = Duration::from_secs(setting("KILLS_SECONDS").unwrap_or(20));
    eprintln!("KILLS_SEED={seed} KILLS_SECONDS={}", length.as_secs());
    let mut random = StdRng::seed_from_u64(seed);

    let topology = Topology::many_services().with_own_mariadb().with("JWT_EXPIRES_IN", "20s");
    let mut app = topology.start().await;
    let mut world = World::start(&app, Sockets::MayClose).await;
    world.goes_on(BREATH).await;
    let begun = Instant::now();
    let mut round = 0;
    while round == 0 || begun.elapsed() < length {
        // Each is killed once before any is killed twice; some stand still for a moment first.
        let mut victims = Victim::all(&app);
        victims.shuffle(&mut random);
        for victim in victims {
            let fates: &[_] = if random.random() { &[Fate::Kill] } else { &[Fate::Freeze, Fate::Kill] };
            for fate in fates {
                let fault = Fault::new(victim, *fate, &mut random);
                eprintln!("{:>6.1} s: {}", begun.elapsed().as_secs_f32(), fault.describe(&app));
                fault.strike(&mut app).await;
                world.goes_on(BREATH).await;
            }
        }
        round += 1;
    }
    world.end(&mut app).await;
}

/// Rolling over to another version, one process after the other; the database and NATS stay.
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
        nats(&mut app).kill().await;
        world.goes_on(BREATH).await;
        nats(&mut app).start_again().await;
    }
    world.end(&mut app).await;
}

fn nats(app: &mut App) -> &mut testbed::nats::NatsServer {
    app.nats.as_mut().expect("these shapes have one")
}

fn setting<T: FromStr<Err: Debug>>(name: &str) -> Option<T> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|error| panic!("{name}={value}: {error:?}")))
}
