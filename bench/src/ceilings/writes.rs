//! Bare fan-out: one thread of another process that writes the same frame to every socket, and does nothing else.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Stdio,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::{
    Outcome,
    load::{Fleet, frames},
    options::BareWrites,
};

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Written {
    pub deliveries: u64,
    pub wall_s: f64,
    pub cpu_s: f64,
}

impl Written {
    #[expect(clippy::cast_precision_loss, reason = "deliveries of some seconds are far below 2^52")]
    pub fn per_cpu_second(&self) -> f64 {
        self.deliveries as f64 / self.cpu_s
    }

    #[expect(clippy::cast_precision_loss, reason = "deliveries of some seconds are far below 2^52")]
    pub fn per_second(&self) -> f64 {
        self.deliveries as f64 / self.wall_s
    }
}

/// Runs this program again as the writer, and reads what it writes.
pub async fn measure(job: &BareWrites) -> Outcome<Written> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["bare-writes", "--sockets", &job.sockets.to_string(), "--bytes", &job.bytes.to_string()])
        .args(["--frames", &job.frames.to_string(), "--seconds", &job.seconds.to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
    let address = lines.next_line().await?.ok_or("the bare writer ended")?.parse()?;
    let read = tokio::task::block_in_place(|| {
        let mut fleet = Fleet::new()?;
        fleet.connect_raw(address, job.sockets)?;
        fleet.read_to_end((job.sockets * job.frames) as u64)
    })?;
    let written: Written = serde_json::from_str(&lines.next_line().await?.ok_or("the bare writer ended")?)?;
    child.wait().await?;
    if read != written.deliveries {
        return Err(
            format!("the bare writer wrote {} frames and {read} were read", written.deliveries).into()
        );
    }
    Ok(written)
}

/// The writer's side.
pub fn serve(job: &BareWrites, mut out: impl Write) -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    writeln!(out, "{}", listener.local_addr()?)?;
    out.flush()?;
    let mut sockets = Vec::with_capacity(job.sockets);
    while sockets.len() < job.sockets {
        let (socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        sockets.push(socket);
    }
    let bytes = frames::server_text(&vec![b'x'; job.bytes]).repeat(job.frames);
    let written = write(&mut sockets, &bytes, job)?;
    sockets.iter().try_for_each(|socket| socket.shutdown(std::net::Shutdown::Write))?;
    writeln!(out, "{}", serde_json::to_string(&written)?)?;
    out.flush()?;
    // Gone only when everything was read.
    sockets.iter_mut().try_for_each(|socket| socket.read(&mut [0]).map(drop))?;
    Ok(())
}

fn write(sockets: &mut [TcpStream], bytes: &[u8], job: &BareWrites) -> Outcome<Written> {
    let begun = Instant::now();
    let before = own_cpu()?;
    let mut rounds = 0_u64;
    while begun.elapsed() < Duration::from_secs_f64(job.seconds) {
        for socket in &mut *sockets {
            socket.write_all(bytes)?;
        }
        // Everything was read: bytes that pile up at a reader who does not get to run would cost no waking, and the
        // product is measured with readers that keep up.
        sockets[0].read_exact(&mut [0])?;
        rounds += 1;
    }
    Ok(Written {
        deliveries: rounds * (sockets.len() * job.frames) as u64,
        wall_s: begun.elapsed().as_secs_f64(),
        cpu_s: own_cpu()?.saturating_sub(before).as_secs_f64(),
    })
}

fn own_cpu() -> Outcome<Duration> {
    Ok(clock_gettime(ClockId::ProcessCPUTime).try_into()?)
}
