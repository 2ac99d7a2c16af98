//! Measures the services of the release build: auth, chat and two nodes for sockets, over MariaDB and NATS of its own.
//! A program apart from `bench`, as it needs those servers. Figures depend on the machine; compare within one run.

mod installation;
mod latency;
mod memory;
mod people;
mod role;
mod starts;

use std::{io::Write, path::PathBuf, time::Duration};

use clap::Parser;

use installation::Installation;

#[derive(Debug, Parser)]
struct Options {
    /// The program to measure.
    #[arg(long, default_value = "target/release/cloud-chat")]
    program: PathBuf,

    /// Starts of each role to time.
    #[arg(long, default_value_t = 9)]
    starts: usize,

    /// Messages to send from node to node, one after the other.
    #[arg(long, default_value_t = 1000)]
    messages: usize,

    /// Requests that are under way at once, at auth and at chat each.
    #[arg(long, default_value_t = 200)]
    in_flight: usize,

    /// How long they keep coming, in seconds.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
/// Scenario, figure, value.
type Row = (String, String, String);

#[tokio::main]
async fn main() -> Outcome<()> {
    let options = Options::parse();
    rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    let mut installation = Installation::start(&options.program).await?;
    // Memory last: what a process once took it may keep.
    let mut rows = starts::run(&mut installation, options.starts).await?;
    rows.extend(latency::run(&installation, options.messages).await?);
    let time = Duration::from_secs(options.seconds);
    rows.extend(memory::run(&mut installation, options.in_flight, time).await?);

    let mut out = std::io::stdout();
    writeln!(out, "| Scenario | Figure | Value |\n|---|---|--:|")?;
    for (scenario, figure, value) in rows {
        writeln!(out, "| {scenario} | {figure} | {value} |")?;
    }
    Ok(())
}

fn percentile(times: &mut [Duration], p: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * p / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
