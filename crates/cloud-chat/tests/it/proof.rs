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

use std::{ops::RangeInclusive, pin::pin};

use futures::{StreamExt, stream};

use crate::harness::workspace;
use reports::{Line, Report};
use runs::{run, shortest};
use schedules::Schedule;
use shapes::Shape;

/// Which seeds, `7` or `1..200`; without it a few, and what fails is not made shorter.
const SEEDS: &str = "PROVE_SEEDS";
/// Which steps of their schedules, `2,5`.
const STEPS: &str = "PROVE_STEPS";
/// The one kind of faults that strike, by the name that reports have for it: `clock step`.
const FAULT: &str = "PROVE_FAULT";
/// How many seeds run side by side, each in a world of its own; without it `JOBS_DEFAULT`, or one where nobody asked for
/// seeds.
const JOBS: &str = "PROVE_JOBS";
/// Much of a run is waiting.
const JOBS_DEFAULT: usize = 3;
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
    let (default, runs_max) = if asked.is_some() { (JOBS_DEFAULT, SHORTENING_MAX) } else { (1, 0) };
    let jobs = self::asked(JOBS)
        .map_or(default, |text| text.trim().parse().unwrap_or_else(|error| panic!("{JOBS}={text}: {error}")));
    // What is less than a seed's whole schedule says nothing of the seed.
    let is_part = [STEPS, FAULT].iter().any(|name| self::asked(name).is_some());
    let folder = workspace().join(if is_part { "target/prove/parts" } else { "target/prove" });
    let report = Report::new(shape, folder);
    let (of, mut done, mut failed) = (seeds.end() - seeds.start() + 1, 0, Vec::new());
    let lines = stream::iter(seeds).map(|seed| line_of(scheduled(shape, seed), runs_max));
    let mut lines = pin!(lines.buffer_unordered(jobs));
    while let Some((line, shortest)) = lines.next().await {
        report.add(&line);
        done += 1;
        let (seed, secs, place) = (line.seed, line.figures.seconds, report.write());
        match (line.violation, shortest) {
            (Some(violation), Some(shortest)) => {
                let words = format!("{violation}\n{shortest}");
                eprintln!("{seed}: violated; {done} of {of} done: {}\n{words}", place.display());
                failed.push(words);
            }
            _ => eprintln!("{seed}: no violation, {secs} s; {done} of {of} done: {}", place.display()),
        }
    }
    assert!(failed.is_empty(), "violated:\n{}", failed.join("\n\n"));
}

/// With the shortest schedule that fails, where one does.
async fn line_of(schedule: Schedule, runs_max: usize) -> (Line, Option<Schedule>) {
    let seed = schedule.seed;
    eprintln!("{schedule}");
    match run(&schedule, None).await {
        Ok(figures) => (Line { seed, figures, ..Line::default() }, None),
        Err(violation) => {
            let (shortest, violation) = shortest(schedule, violation, runs_max).await;
            let command = shortest.to_string().lines().next().map(Into::into);
            let line = Line { seed, violation: Some(violation), shortest: command, ..Line::default() };
            (line, Some(shortest))
        }
    }
}

fn scheduled(shape: Shape, seed: u64) -> Schedule {
    let whole = match asked(FAULT) {
        Some(kind) => Schedule::of_kind(shape, seed, kind.trim()),
        None => Schedule::new(shape, seed),
    };
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
