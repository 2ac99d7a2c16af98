//! nginx with nchan: publish and subscribe without anything stored on a disk.

use std::net::SocketAddr;

use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    task::block_in_place,
};

use crate::{
    Outcome,
    load::Fleet,
    measure::Process,
    peers::{Line, family, spawn, until_ready, version, write_settings},
};

/// As the settings say.
const WORKERS: usize = 1;
/// Nchan numbers the messages that a channel gets within a second in 16 bits, with a sign; where more came, some were
/// never heard.
const A_SECOND_MAX: u32 = 20_000;

pub struct Nchan {
    pub label: String,
    pub processes: Vec<Process>,
    address: SocketAddr,
    _child: Child,
    _folder: TempDir,
}

impl Nchan {
    pub const SETTINGS: &str =
        "one worker, messages in shared memory only, nothing stored on a disk (bench/peers/nginx.conf)";

    pub async fn start(data: &std::path::Path) -> Outcome<Self> {
        // Absolute: nginx looks for relative files elsewhere.
        let folder = TempDir::new_in(data.canonicalize()?)?;
        let port = testbed::free_port();
        let settings =
            write_settings(include_str!("../../peers/nginx.conf"), folder.path(), "nginx.conf", port)?;
        let mut child = spawn(Command::new("nginx").args(["-p", "/usr/lib/nginx", "-c", &settings]))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        until_ready(&mut child, address).await?;
        let processes = family("nginx", child.id().ok_or("nginx ended")?, WORKERS).await?;
        let label =
            format!("nginx {} + nchan {}", version("nginx").await?, version("libnginx-mod-nchan").await?);
        Ok(Self { label, processes, address, _child: child, _folder: folder })
    }

    /// What one publishes all hear as it is, so it is as long as Cloud Chat's event.
    pub fn line(&self, sockets: usize, event_bytes: usize) -> Outcome<Line> {
        let mut fleet = Fleet::new()?;
        block_in_place(|| fleet.open(self.address, &vec!["/ws"; sockets], None))?;
        let line = Line::new(fleet, sockets, event_bytes.saturating_sub(16), str::to_owned);
        Ok(line.at_most(A_SECOND_MAX))
    }
}

/// A worker lives on when nginx itself is killed.
impl Drop for Nchan {
    fn drop(&mut self) {
        self.processes.iter().for_each(Process::kill);
    }
}
