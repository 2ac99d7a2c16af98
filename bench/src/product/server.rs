//! The program as a child process.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

use crate::Outcome;

const PATIENCE: Duration = Duration::from_secs(60);
/// Some time after the program gives back memory, which is two seconds after it is ready.
const SETTLES: Duration = Duration::from_secs(4);

pub struct Server {
    child: Child,
    /// Kept open: the program may write to it.
    _stdout: BufReader<ChildStdout>,
    pub address: String,
    /// From the start of the process to the first answer of `GET /health`.
    pub ready_after: Duration,
    begun: Instant,
}

impl Server {
    /// Everything in one process, or a role.
    pub async fn start(program: &Path, role: Option<&str>, settings: &[(&str, String)]) -> Outcome<Self> {
        let begun = Instant::now();
        let mut child = Command::new(program)
            .args(role)
            .args(["--host", "127.0.0.1", "--port", "0"])
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", program.display()))?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let address = tokio::time::timeout(PATIENCE, answer(&mut stdout)).await;
        let address = address.map_err(|_| format!("{} is not ready in time", program.display()))??;
        Ok(Self { child, _stdout: stdout, address, ready_after: begun.elapsed(), begun })
    }

    pub fn id(&self) -> Outcome<u32> {
        Ok(self.child.id().ok_or("the program ended")?)
    }

    /// Until it has given back what its start took.
    pub async fn settle(&self) {
        tokio::time::sleep(SETTLES.saturating_sub(self.begun.elapsed())).await;
    }

    pub async fn stop(mut self) -> Outcome<()> {
        self.child.kill().await?;
        Ok(())
    }
}

/// Where it says that it is, once it answers there.
async fn answer(stdout: &mut BufReader<ChildStdout>) -> Outcome<String> {
    let mut line = String::new();
    stdout.read_line(&mut line).await?;
    let address = line.split_whitespace().find(|word| word.starts_with("http://"));
    let address = address.ok_or_else(|| format!("no address in {line:?}"))?.replace("localhost", "127.0.0.1");
    reqwest::get(format!("{address}/health")).await?.error_for_status()?;
    Ok(address)
}
