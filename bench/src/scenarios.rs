//! What is measured: a file a scenario.

mod alone;
mod fan_out;
mod hall;
mod idle;

use std::path::PathBuf;

use clap::Parser;

use crate::{
    Outcome,
    options::{Command, Options},
    product::Candidate,
    report::Report,
};

/// What every scenario needs.
pub struct Bench {
    pub candidates: Vec<Candidate>,
    pub seconds: f64,
    pub data: PathBuf,
    pub report: Report,
}

impl Bench {
    /// Who is measured in this round, in turns: what the machine does meanwhile hits each alike.
    pub fn candidates(&self, round: usize) -> Vec<Candidate> {
        let mut candidates = self.candidates.clone();
        if round % 2 == 1 {
            candidates.reverse();
        }
        candidates
    }
}

/// Every scenario as it is when nothing else is said.
pub fn all() -> Vec<Command> {
    let commands = ["alone", "idle", "fan-out"].map(|name| Options::parse_from(["bench", name]).command);
    commands.into_iter().flatten().collect()
}

/// Any command that measures.
pub async fn run(bench: &mut Bench, command: &Command, round: usize) -> Outcome<()> {
    match command {
        Command::Alone(options) => alone::run(bench, options, round).await,
        Command::Idle(options) => idle::run(bench, options, round).await,
        Command::FanOut(options) => fan_out::run(bench, options, round).await,
        Command::BareWrites(_) => Err("it measures nothing by itself".into()),
    }
}
