//! Measures the release build from outside: time to ready, memory, latency of a lone message, idle sockets.
//! `make bench` builds everything and runs it. Figures depend on the machine; compare within one run.

mod client;
mod scenarios;
mod server;

use std::{io::Write, path::PathBuf};

use clap::Parser;

#[derive(Debug, Parser)]
struct Options {
    /// The program to measure.
    #[arg(long, default_value = "target/release/cloud-chat")]
    program: PathBuf,

    /// Starts to time.
    #[arg(long, default_value_t = 9)]
    starts: usize,

    /// Messages to send one after the other.
    #[arg(long, default_value_t = 1000)]
    messages: usize,

    /// Idle sockets to open.
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
}

pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let options = Options::parse();
    rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    let rows = scenarios::run(&options).await?;
    let mut out = std::io::stdout();
    writeln!(out, "| Scenario | Figure | Value |\n|---|---|--:|")?;
    for (scenario, figure, value) in rows {
        writeln!(out, "| {scenario} | {figure} | {value} |")?;
    }
    Ok(())
}
