//! What is measured.

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    Options, Outcome,
    client::{Account, Socket},
    server::Server,
};

type Row = (&'static str, String, String);

/// How many connections are under way at once.
const CONNECTING: usize = 64;
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(60);

pub async fn run(options: &Options) -> Outcome<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let mut rows = starts(options, folder.path()).await?;
    let server = Server::start(&options.program, folder.path()).await?;
    rows.push(("idle, nobody connected", "resident memory".into(), mib(server.memory_kib("VmRSS")?)));
    rows.extend(lone_messages(options, &server).await?);
    rows.extend(idle_sockets(options, &server).await?);
    server.stop().await?;
    Ok(rows)
}

/// From the start of the process to its first answer, on a database that is there.
async fn starts(options: &Options, folder: &std::path::Path) -> Outcome<Vec<Row>> {
    Server::start(&options.program, folder).await?.stop().await?;
    let mut times = Vec::new();
    for _ in 0..options.starts {
        let server = Server::start(&options.program, folder).await?;
        times.push(server.ready_after);
        server.stop().await?;
    }
    Ok(vec![("start to ready", format!("median of {}", options.starts), ms(percentile(&mut times, 50)))])
}

/// One `sendMessage` after the other, each from the frame to its `ack`.
async fn lone_messages(options: &Options, server: &Server) -> Outcome<Vec<Row>> {
    let account = Account::sign_up(&server.address, "lone").await?;
    let mut socket = account.connect().await?;
    let mut times = Vec::new();
    for number in 0..options.messages {
        let begun = Instant::now();
        socket.send_message(account.general, &format!("message {number}")).await?;
        socket.wait_for("ack").await?;
        times.push(begun.elapsed());
    }
    let row = |p| ("lone sendMessage to ack", format!("p{p} of {}", options.messages), p);
    Ok([50, 99].map(row).map(|(name, figure, p)| (name, figure, ms(percentile(&mut times, p)))).into())
}

/// Sockets that are connected and silent, then one message that reaches them all.
async fn idle_sockets(options: &Options, server: &Server) -> Outcome<Vec<Row>> {
    let account = Account::sign_up(&server.address, "idle").await?;
    let before = server.memory_kib("VmRSS")?;
    let begun = Instant::now();
    let connects = stream::iter(0..options.sockets).map(|_| account.connect()).buffer_unordered(CONNECTING);
    let mut sockets: Vec<Socket> = connects.try_collect().await?;
    let connected = begun.elapsed();
    let after = server.memory_kib("VmRSS")?;

    let begun = Instant::now();
    sockets[0].send_message(account.general, "hello, everybody").await?;
    let heard = stream::iter(&mut sockets).map(|socket| socket.wait_for("message"));
    let heard = heard.buffer_unordered(options.sockets).try_collect::<Vec<_>>();
    let heard = tokio::time::timeout(DELIVERY_TIMEOUT, heard).await??.len();
    let name = "idle sockets";
    let count = options.sockets;
    Ok(vec![
        (name, format!("open, of {count}"), sockets.len().to_string()),
        (name, "time to connect them".into(), ms(connected)),
        (name, "resident memory with them".into(), mib(after)),
        (name, "resident memory for each".into(), format!("{} KiB", (after - before) / count as u64)),
        (name, format!("one message to them, heard by {heard}"), ms(begun.elapsed())),
    ])
}

fn percentile(times: &mut [Duration], p: usize) -> Duration {
    times.sort_unstable();
    times.get((times.len() * p / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[expect(clippy::cast_precision_loss, reason = "memory of a process in KiB is far below 2^52")]
fn mib(kib: u64) -> String {
    format!("{:.1} MiB", kib as f64 / 1024.0)
}
