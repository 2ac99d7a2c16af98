//! What is measured: a file a scenario.

mod alone;
mod day;
mod enumeration;
mod fan_out;
mod hall;
mod http;
mod idle;
mod large;
mod peers;
mod rooms;
mod storm;

use std::{path::PathBuf, time::Duration};

use clap::Parser;

use crate::{
    Outcome,
    options::{Command, Options},
    product::{Candidate, Product, Running, Shape},
    report::Report,
};

/// What every scenario needs.
pub struct Bench {
    pub candidates: Vec<Candidate>,
    pub shape: Shape,
    /// What is measured instead of the candidates.
    pub running: Option<Running>,
    pub seconds: f64,
    pub scale: f64,
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

    /// A new installation, or the one that runs.
    pub async fn start(&self, candidate: &Candidate) -> Outcome<Product> {
        match &self.running {
            Some(running) => Ok(Product::attached(running)),
            None => Product::start(candidate, self.shape, &self.data).await,
        }
    }

    /// So many, or fewer where only the function is looked at; two at least.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "counts are small"
    )]
    pub fn scaled(&self, count: usize) -> usize {
        if self.scale < 1.0 { ((count as f64 * self.scale) as usize).max(2) } else { count }
    }

    pub fn lasts(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

/// Every scenario as it is when nothing else is said, and durable messages on both kinds of database.
pub fn all(shape: Shape) -> Vec<(Command, Shape)> {
    let names = ["alone", "idle", "fan-out", "rooms", "http", "login-storm", "day", "large"];
    let commands = names.map(|name| Options::parse_from(["bench", name]).command);
    let mut all: Vec<_> = commands.into_iter().flatten().map(|command| (command, shape)).collect();
    if shape == Shape::Sqlite {
        let rooms = all.iter().find(|(command, _)| matches!(command, Command::Rooms(_)));
        all.extend(rooms.map(|(command, _)| (command.clone(), Shape::Mariadb)));
    }
    all
}

/// Any command that measures.
pub async fn run(bench: &mut Bench, command: &Command, round: usize) -> Outcome<()> {
    match command {
        Command::Alone(options) => alone::run(bench, options, round).await,
        Command::Idle(options) => idle::run(bench, options, round).await,
        Command::FanOut(options) => fan_out::run(bench, options, round).await,
        Command::Rooms(options) => rooms::run(bench, options, round).await,
        Command::Http(options) => http::run(bench, options, round).await,
        Command::LoginStorm(options) => storm::run(bench, options, round).await,
        Command::Day(options) => day::run(bench, options, round).await,
        Command::Enumeration(options) => enumeration::run(bench, options, round).await,
        Command::Peers(options) => peers::run(bench, options, round).await,
        Command::Large(options) => large::run(bench, options, round).await,
        Command::BareHttp(_) | Command::BareWrites(_) | Command::Simulate(_) => {
            Err("it measures nothing by itself".into())
        }
    }
}
