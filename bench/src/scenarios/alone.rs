//! A program that has nothing else to do: how fast it is ready, what it takes, how long one message takes.

use tempfile::TempDir;

use crate::{
    Outcome,
    load::{Load, Pacing},
    measure::Process,
    options::Alone,
    product::{Candidate, Server, common},
    report::{Goal, Of, Unit, median, megabytes},
    scenarios::{Bench, hall::Hall},
};

pub async fn run(bench: &mut Bench, options: &Alone, round: usize) -> Outcome<()> {
    for candidate in bench.candidates(round) {
        // One that runs already is not started.
        if bench.running.is_none() {
            starts(bench, options, &candidate).await?;
        }
        lone_messages(bench, &candidate).await?;
    }
    Ok(())
}

/// From the start of the process to its first answer, on a database that is there.
async fn starts(bench: &mut Bench, options: &Alone, candidate: &Candidate) -> Outcome<()> {
    let data = TempDir::new_in(&bench.data)?;
    let mut settings = common();
    settings.push(("DATA_DIR", data.path().display().to_string()));
    Server::start(&candidate.program, None, &settings).await?.stop().await?;
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..options.starts {
        let server = Server::start(&candidate.program, None, &settings).await?;
        times.push(server.ready_after.as_secs_f64() * 1000.0);
        server.settle().await;
        memory.push(megabytes(Process::new("cloud-chat", server.id()?).resident_kib()?));
        server.stop().await?;
    }
    let (report, of) = (&mut bench.report, Of::Server(candidate));
    report.add("alone", "start to ready", of, Unit::Milliseconds, median(&times), Goal::AtMost(200.0));
    report.add(
        "alone",
        "resident memory, nobody connected",
        of,
        Unit::Megabytes,
        median(&memory),
        Goal::AtMost(15.0),
    );
    Ok(())
}

/// One `sendMessage` after the other, each from the frame to its `ack`.
async fn lone_messages(bench: &mut Bench, candidate: &Candidate) -> Outcome<()> {
    let mut hall = Hall::open(bench, candidate, 1).await?;
    let lasts = bench.lasts();
    let load = Load::lasting(lasts, hall.senders(1), Pacing::Closed { window: 1 }, 40);
    let (driven, usage) = hall.drive(load)?;
    hall.product.stop().await?;
    for percent in [50.0, 99.0] {
        let name = format!("a lone message to its ack, p{percent}");
        let ms = driven.ack.percentile(percent).as_secs_f64() * 1000.0;
        bench.report.add("alone", &name, Of::Server(candidate), Unit::Milliseconds, ms, Goal::AtMost(5.0));
    }
    bench.report.usage("alone", candidate, usage);
    Ok(())
}
