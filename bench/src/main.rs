//! Measures the release build from outside. `make bench` builds everything and runs it.

mod ceilings;
mod load;
mod measure;
mod options;
mod people;
mod product;
mod report;
mod scenarios;

use std::io::Write;

use clap::Parser;

use options::{Command, Common, Options};
use product::Candidate;
use report::Report;
use scenarios::Bench;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;
pub type Outcome<T> = Result<T, Failure>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let Options { command, common } = Options::parse();
    rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    match command {
        Some(Command::BareWrites(job)) => ceilings::writes::serve(&job, std::io::stdout()),
        Some(command) => measure(&common, &[command]).await,
        None => measure(&common, &scenarios::all()).await,
    }
}

async fn measure(common: &Common, commands: &[Command]) -> Outcome<()> {
    let data = common.out.join("data");
    std::fs::create_dir_all(&data)?;
    let candidates: Vec<_> = common.servers.iter().map(|program| Candidate::new(program)).collect();
    let report = Report::new(&candidates)?;
    let mut bench = Bench { candidates, seconds: common.seconds, data, report };
    for round in 0..common.rounds {
        for command in commands {
            scenarios::run(&mut bench, command, round).await?;
        }
    }
    write!(std::io::stdout(), "{}", bench.report.write(&common.out)?)?;
    Ok(())
}
