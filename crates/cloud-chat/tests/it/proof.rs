//! The proof of the delivery guarantee: people write, read, come and go while faults strike by a schedule, and then
//! everybody has what was acknowledged: no gap, nothing twice, one order, nothing after a removal.
//!
//! A few schedules run with every other test; `make prove` runs as many as one likes: `docs/proof.md`.

pub mod faults;
mod mistakes;
mod reports;
mod rolling;
mod runs;
mod schedules;
mod shapes;
pub mod world;

use std::ops::RangeInclusive;

use crate::harness::workspace;
use reports::{Line, Report};
use runs::{run, shortest};
use schedules::Schedule;
use shapes::Shape;

/// Which seeds, `7` or `1..200`; without it a few, and what fails is not made shorter.
const SEEDS: &str = "PROVE_SEEDS";
/// Which steps of their schedules, `2,5`.
const STEPS: &str = "PROVE_STEPS";
/// Runs that it may take to make a schedule shorter.
const SHORTENING_MAX: usize = 12;

mod one {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn under_every_schedule_nothing_is_lost_doubled_or_out_of_order() {
        super::prove(super::Shape::One).await;
    }
}

mod services {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn under_every_schedule_nothing_is_lost_doubled_or_out_of_order() {
        super::prove(super::Shape::Services).await;
    }
}

mod lambda {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn under_every_schedule_nothing_is_lost_doubled_or_out_of_order() {
        super::prove(super::Shape::Lambda).await;
    }
}

async fn prove(shape: Shape) {
    let asked = asked(SEEDS);
    let seeds = asked
        .as_deref()
        .map_or(1..=shape.few(), |text| range(text).unwrap_or_else(|| panic!("{SEEDS}={text}")));
    let report = Report::new(shape, workspace().join("target/prove"));
    let mut failed = Vec::new();
    for seed in seeds {
        let schedule = scheduled(shape, seed);
        eprintln!("{schedule}");
        let line = match run(&schedule, None).await {
            Ok(figures) => Line { seed, violation: None, shortest: None, figures },
            Err(violation) => {
                let runs_max = if asked.is_some() { SHORTENING_MAX } else { 0 };
                let (shortest, violation) = shortest(schedule, violation, runs_max).await;
                failed.push(format!("{violation}\n{shortest}"));
                let command = shortest.to_string().lines().next().map(Into::into);
                Line { seed, violation: Some(violation), shortest: command, ..Line::default() }
            }
        };
        report.add(&line);
        eprintln!("{}", report.write().display());
    }
    assert!(failed.is_empty(), "violated:\n{}", failed.join("\n\n"));
}

fn scheduled(shape: Shape, seed: u64) -> Schedule {
    let whole = Schedule::new(shape, seed);
    match asked(STEPS) {
        Some(text) => {
            let nths = text.split(',').map(|nth| nth.trim().parse());
            whole.keeping(
                &nths
                    .collect::<Result<Vec<usize>, _>>()
                    .unwrap_or_else(|error| panic!("{STEPS}={text}: {error}")),
            )
        }
        None => whole,
    }
}

/// Set, and not to nothing.
fn asked(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn range(text: &str) -> Option<RangeInclusive<u64>> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
}
