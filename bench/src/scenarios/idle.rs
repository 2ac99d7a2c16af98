//! Sockets that are connected and silent: how fast they connect, what each takes; then one message to all of them.

use std::time::{Duration, Instant};

use crate::{
    Outcome,
    load::{Load, Pacing},
    measure::{Usage, Watch},
    options::Idle,
    people::in_general,
    report::{Goal, Of, Unit},
    scenarios::{
        Bench,
        hall::{Hall, seats},
    },
};

pub async fn run(bench: &mut Bench, options: &Idle, round: usize) -> Outcome<()> {
    let count = bench.scaled(options.sockets);
    let name = format!("{count} idle sockets");
    for candidate in bench.candidates(round) {
        let product = bench.start(&candidate).await?;
        let (people, room) = in_general(&product, count).await?;
        product.settle().await;
        let before = Watch::start(&product.processes)?.stop()?;
        let watch = Watch::start(&product.processes)?;
        let begun = Instant::now();
        let mut hall = Hall::fill(product, &seats(&people, room))?;
        let connected = begun.elapsed();
        let after = watch.stop()?;
        let load = Load::lasting(Duration::ZERO, hall.senders(1), Pacing::Closed { window: 1 }, 40);
        let (driven, _) = hall.drive(load)?;
        hall.product.stop().await?;

        let report = &mut bench.report;
        let of = Of::Server(&candidate);
        let (each, kernel) = (each_kib(&before, &after, count), kernel_kib(&before, &after, count));
        let slowest = hall.connecting.percentile(99.0).as_secs_f64() * 1000.0;
        let heard = driven.delivery.max().as_secs_f64() * 1000.0;
        report.add(&name, "resident memory for each", of, Unit::KiB, each, Goal::AtMost(8.0));
        report.add(&name, "kernel memory for each, both ends", of, Unit::KiB, kernel, Goal::None);
        let goal = Goal::AtMost(3000.0);
        report.add(
            &name,
            "all connected and subscribed",
            of,
            Unit::Milliseconds,
            connected.as_secs_f64() * 1000.0,
            goal,
        );
        report.add(&name, "p99 of connecting", of, Unit::Milliseconds, slowest, Goal::None);
        report.add(&name, "one message, heard by all", of, Unit::Milliseconds, heard, Goal::None);
        report.usage(&name, &candidate, after);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "sockets are few")]
fn each_kib(before: &Usage, after: &Usage, count: usize) -> f64 {
    (after.server_resident_kib() - before.server_resident_kib()) / count as f64
}

#[expect(clippy::cast_precision_loss, reason = "memory in KiB is far below 2^52")]
fn kernel_kib(before: &Usage, after: &Usage, count: usize) -> f64 {
    after.kernel_memory_kib.saturating_sub(before.kernel_memory_kib) as f64 / count as f64
}
