//! One role as a process.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

use super::Outcome;

pub struct Role {
    pub name: &'static str,
    program: PathBuf,
    settings: Vec<(&'static str, String)>,
    running: Running,
}

struct Running {
    child: Child,
    /// Kept open: the program may write to it.
    _stdout: BufReader<ChildStdout>,
    port: u16,
    /// From the start of the process to the first good answer of `GET /health`.
    ready_after: Duration,
}

impl Role {
    pub async fn start(
        program: &Path,
        name: &'static str,
        settings: Vec<(&'static str, String)>,
    ) -> Outcome<Self> {
        let running = Running::start(program, name, &settings, 0).await?;
        Ok(Self { name, program: program.into(), settings, running })
    }

    /// On the same port; how long it took to be ready.
    pub async fn restart(&mut self) -> Outcome<Duration> {
        self.running.child.kill().await?;
        self.running = Running::start(&self.program, self.name, &self.settings, self.running.port).await?;
        Ok(self.running.ready_after)
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.running.port)
    }

    /// `VmRSS` or another line of `/proc/PID/status`, in MiB.
    #[expect(clippy::cast_precision_loss, reason = "memory of a process in KiB is far below 2^52")]
    pub fn memory_mib(&self, line: &str) -> Outcome<f64> {
        let pid = self.running.child.id().ok_or("the program ended")?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
        let kib: u64 =
            value.and_then(|text| text.split_whitespace().next()).ok_or("no such line")?.parse()?;
        Ok(kib as f64 / 1024.0)
    }
}

impl Running {
    async fn start(
        program: &Path,
        name: &str,
        settings: &[(&'static str, String)],
        port: u16,
    ) -> Outcome<Self> {
        let begun = Instant::now();
        let mut child = Command::new(program)
            .args([name, "--host", "127.0.0.1", "--port", &port.to_string()])
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut line = String::new();
        stdout.read_line(&mut line).await?;
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        let port = port.ok_or_else(|| format!("{name}: no address in {line:?}"))?;
        reqwest::get(format!("http://127.0.0.1:{port}/health")).await?.error_for_status()?;
        Ok(Self { child, _stdout: stdout, port, ready_after: begun.elapsed() })
    }
}
