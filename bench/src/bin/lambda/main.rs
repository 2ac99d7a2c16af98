//! Measures the AWS shape of the release build: the Lambdas as packages and as processes, and their way to many sockets,
//! with the testbed's API Gateway, Lambda and DynamoDB. A program apart from `bench`, as it needs those servers. Figures
//! depend on the machine; compare within one run.

mod fan_out;
mod packages;
mod people;
mod rooms;
mod starts;

use std::{io::Write, path::PathBuf, time::Duration};

use clap::Parser;
use testbed::{Process, aws::Installation};

#[derive(Debug, Parser)]
struct Options {
    /// Where the programs are: `cargo build --release -p cloud-chat -p lambda`.
    #[arg(long, default_value = "target/release")]
    programs: PathBuf,

    /// Starts of each Lambda to time.
    #[arg(long, default_value_t = 20)]
    starts: usize,

    /// Rooms of the one who connects.
    #[arg(long, default_value_t = 1000)]
    rooms: usize,

    /// Times that they connect.
    #[arg(long, default_value_t = 9)]
    connects: usize,

    /// Connections that hear each message.
    #[arg(long, default_value_t = 1000)]
    connections: usize,

    /// How long `@connections` takes to answer a post, in milliseconds.
    #[arg(long, default_value_t = 10)]
    post_ms: u64,

    /// Messages to send to them, one after the other.
    #[arg(long, default_value_t = 20)]
    messages: usize,
}

const SETTINGS: [(&str, &str); 2] = [("FRONTEND_URL", "http://localhost:5000"), ("RATE_LIMITS", "off")];

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
/// Scenario, figure, value.
type Row = (String, String, String);

#[tokio::main]
async fn main() -> Outcome<()> {
    let options = Options::parse();
    rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    let mut rows = Vec::new();
    for name in ["lambda-ws", "lambda-db-init"] {
        let program = options.programs.join(name);
        rows.extend(packages::run(name, &program)?);
        rows.extend(starts::run(name, &program, options.starts).await?);
    }
    let shape = Installation::start(&options.programs, &SETTINGS).await;
    rows.extend(rooms::run(&shape, options.rooms, options.connects).await?);
    let post = Duration::from_millis(options.post_ms);
    rows.extend(fan_out::run(&shape, options.connections, post, options.messages).await?);
    let peaks = shape.functions.iter().map(peak_mib).collect::<Outcome<Vec<_>>>()?;
    let peak = peaks.into_iter().fold(0.0, f64::max);
    rows.push(("lambda-ws, after all of that".into(), "peak memory (VmHWM)".into(), mib(peak)));
    rows.push((
        "chat-service, after all of that".into(),
        "peak memory (VmHWM)".into(),
        mib(peak_mib(&shape.chat.process)?),
    ));

    let mut out = std::io::stdout();
    writeln!(out, "| Scenario | Figure | Value |\n|---|---|--:|")?;
    for (scenario, figure, value) in rows {
        writeln!(out, "| {scenario} | {figure} | {value} |")?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "memory of a process in KiB is far below 2^52")]
fn peak_mib(process: &Process) -> Outcome<f64> {
    let pid = process.id().ok_or("the program ended")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = value.and_then(|text| text.split_whitespace().next()).ok_or("no such line")?.parse()?;
    Ok(kib as f64 / 1024.0)
}

fn percentile(times: &mut [Duration], p: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * p / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn mib(value: f64) -> String {
    format!("{value:.1} MiB")
}
