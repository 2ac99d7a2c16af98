//! Measures the release build from outside. `make bench` builds everything and runs it.

mod ceilings;
mod load;
mod measure;
mod options;
mod peers;
mod people;
mod product;
mod report;
mod scenarios;
mod simulation;

use std::io::Write;

use clap::Parser;

use options::{Command, Common, Options};
use product::{Candidate, Shape};
use report::Report;
use scenarios::Bench;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;
pub type Outcome<T> = Result<T, Failure>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let Options { command, common } = Options::parse();
    rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    let shape = common.shape;
    match command {
        Some(Command::BareWrites(job)) => ceilings::writes::serve(&job, std::io::stdout()),
        Some(Command::Simulate(job)) => simulation::run(&job, std::io::stdout()),
        Some(Command::BareHttp(job)) => ceilings::http::serve(&job, std::io::stdout()).await,
        Some(command) => measure(&common, &[(command, shape)]).await,
        None => measure(&common, &scenarios::all(shape)).await,
    }
}

async fn measure(common: &Common, commands: &[(Command, Shape)]) -> Outcome<()> {
    let data = common.out.join("data");
    std::fs::create_dir_all(&data)?;
    let running = common.running();
    let candidates: Vec<_> = match &running {
        Some(running) => vec![Candidate::elsewhere(&running.chat)],
        None => common.servers.iter().map(|program| Candidate::new(program)).collect(),
    };
    let report = Report::new(&candidates, common.scale >= 1.0)?;
    let Common { shape, seconds, scale, .. } = *common;
    let mut bench = Bench { candidates, shape, running, seconds, scale, data, report };
    for round in 0..common.rounds {
        for (command, shape) in commands {
            bench.shape = *shape;
            scenarios::run(&mut bench, command, round).await?;
        }
    }
    write!(std::io::stdout(), "{}", bench.report.write(&common.out)?)?;
    Ok(())
}
