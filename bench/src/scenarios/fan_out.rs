//! N sockets in one room: every message goes to all of them.

use std::time::Duration;

use crate::{
    Outcome,
    ceilings::writes::{self, Written},
    load::{Driven, Load, Pacing},
    measure::Usage,
    options::{BareWrites, FanOut},
    product::Candidate,
    report::{Goal, Of, Unit, megabytes, millis, rate},
    scenarios::{Bench, hall::Hall},
};

/// Sizes of the goals.
const SIZES: [usize; 2] = [500, 5_000];
/// Sockets, messages a second, and within how many milliseconds 99 % of all deliveries should be done.
const PACED: [(usize, f64, Option<f64>); 2] = [(500, 10.0, Some(8.0)), (1_000, 50.0, Some(15.0))];

pub async fn run(bench: &mut Bench, options: &FanOut, round: usize) -> Outcome<()> {
    match (options.sockets, options.rate) {
        (None, None) => {
            for sockets in SIZES {
                closed(bench, options, sockets, round).await?;
            }
            for (sockets, rate, goal) in PACED {
                open(bench, options, sockets, rate, goal, round).await?;
            }
            Ok(())
        }
        (sockets, None) => closed(bench, options, sockets.unwrap_or(SIZES[0]), round).await,
        (sockets, Some(rate)) => open(bench, options, sockets.unwrap_or(SIZES[0]), rate, None, round).await,
    }
}

/// How fast it goes: one message at a time, which is one write for each delivery, then as many as the server takes.
async fn closed(bench: &mut Bench, options: &FanOut, sockets: usize, round: usize) -> Outcome<()> {
    let sockets = bench.scaled(sockets);
    let mut runs = Vec::new();
    for candidate in bench.candidates(round) {
        let mut hall = Hall::open(bench, &candidate, sockets).await?;
        let both = one_and_many(&mut hall, options, sockets, bench.lasts())?;
        hall.product.stop().await?;
        runs.push((candidate, both));
    }
    let (_, [(first, _), _]) = runs.first().ok_or("nothing to measure")?;
    let bytes = usize::try_from(first.delivered_bytes / first.deliveries.max(1))?;
    let ceiling = ceilings(bench, sockets, bytes).await?;
    for (candidate, both) in runs {
        let [one, many] = record_both(bench, &candidate, sockets, both);
        let (report, of) = (&mut bench.report, Of::Server(&candidate));
        let share = 100.0 * one / ceiling.per_cpu_second();
        let figure = "of the ceiling, per CPU second";
        report.add(&one_write(sockets), figure, of, Unit::Percent, share, Goal::AtLeast(80.0));
        let times = many / ceiling.per_cpu_second();
        let figure = "times the one-write ceiling, per CPU second";
        report.add(&saturated(sockets), figure, of, Unit::Times, times, Goal::AtLeast(4.0));
    }
    Ok(())
}

/// One message at a time, then as many as go.
pub type OneAndMany = [(Driven, Usage); 2];

pub fn one_and_many(
    hall: &mut Hall,
    options: &FanOut,
    sockets: usize,
    lasts: Duration,
) -> Outcome<OneAndMany> {
    let load = |senders, window| Load::lasting(lasts, senders, Pacing::Closed { window }, options.text_bytes);
    let one = hall.drive(load(hall.senders(1), 1))?;
    let many = hall.drive(load(hall.senders(options.senders.min(sockets)), options.window))?;
    Ok([one, many])
}

/// Deliveries per CPU second of each.
pub fn record_both(bench: &mut Bench, candidate: &Candidate, sockets: usize, both: OneAndMany) -> [f64; 2] {
    let [(one, one_usage), (many, many_usage)] = both;
    [
        record(bench, &one_write(sockets), candidate, &one, one_usage),
        record(bench, &saturated(sockets), candidate, &many, many_usage),
    ]
}

fn one_write(sockets: usize) -> String {
    format!("fan-out to {sockets}, one write each")
}

fn saturated(sockets: usize) -> String {
    format!("fan-out to {sockets}, saturated")
}

/// The bare loop with 1, 8 and 32 frames a write; the first is what goals are measured by.
async fn ceilings(bench: &mut Bench, sockets: usize, bytes: usize) -> Outcome<Written> {
    let name = format!("bare writes to {sockets} of {bytes} bytes");
    let mut first = None;
    for frames in [1, 8, 32] {
        let seconds = bench.seconds.min(2.0);
        let written = writes::measure(&BareWrites { sockets, bytes, frames, seconds }).await?;
        let row = |figure| format!("{frames} a write: {figure}");
        bench.report.add(
            &name,
            &row("deliveries per CPU second"),
            Of::Machine,
            Unit::PerSecond,
            written.per_cpu_second(),
            Goal::None,
        );
        bench.report.add(
            &name,
            &row("deliveries"),
            Of::Machine,
            Unit::PerSecond,
            written.per_second(),
            Goal::None,
        );
        first.get_or_insert(written);
    }
    Ok(first.ok_or("no ceiling")?)
}

/// How late deliveries are at a rate.
async fn open(
    bench: &mut Bench,
    options: &FanOut,
    sockets: usize,
    rate: f64,
    goal: Option<f64>,
    round: usize,
) -> Outcome<()> {
    let sockets = bench.scaled(sockets);
    let lasts = Duration::from_secs_f64(bench.seconds.max(200.0 / rate).min(bench.seconds * 3.0));
    for candidate in bench.candidates(round) {
        let mut hall = Hall::open(bench, &candidate, sockets).await?;
        let senders = hall.senders(options.senders.min(sockets));
        let pacing = Pacing::Open { per_second: rate };
        let (driven, usage) = hall.drive(Load::lasting(lasts, senders, pacing, options.text_bytes))?;
        hall.product.stop().await?;
        let name = format!("fan-out to {sockets}, {rate} messages/s");
        let memory = megabytes(usage.server_resident_kib());
        record(bench, &name, &candidate, &driven, usage);
        let most = if sockets == 1_000 { Goal::AtMost(40.0) } else { Goal::None };
        bench.report.add(&name, "resident memory", Of::Server(&candidate), Unit::Megabytes, memory, most);
        let p99 = millis(driven.delivery.percentile(99.0));
        let goal = goal.map_or(Goal::None, Goal::AtMost);
        bench.report.add(
            &name,
            "p99 of deliveries, from when due",
            Of::Server(&candidate),
            Unit::Milliseconds,
            p99,
            goal,
        );
    }
    Ok(())
}

/// What every load is told by; deliveries per CPU second of the server.
fn record(bench: &mut Bench, name: &str, candidate: &Candidate, driven: &Driven, usage: Usage) -> f64 {
    let per_cpu = rate(driven.deliveries, usage.server_cpu_s());
    let wall = driven.wall.as_secs_f64();
    let (report, of) = (&mut bench.report, Of::Server(candidate));
    let mut add = |figure: &str, unit, value| report.add(name, figure, of, unit, value, Goal::None);
    add("deliveries per CPU second", Unit::PerSecond, per_cpu);
    add("deliveries", Unit::PerSecond, rate(driven.deliveries, wall));
    add("messages", Unit::PerSecond, rate(driven.messages, wall));
    add("median of deliveries, from when due", Unit::Milliseconds, millis(driven.delivery.percentile(50.0)));
    report.usage(name, candidate, usage);
    per_cpu
}
