//! Cloud Chat under measurement: started for a run and stopped after it.

mod server;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::{Outcome, measure::Process};
pub use server::Server;

/// Signs the tokens of people whom the generator makes up.
pub const JWT_SECRET: &str = "only-benchmarks-sign-their-tokens-with-this";

/// A program to measure.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub label: String,
    pub program: PathBuf,
}

impl Candidate {
    /// Called by its path, which tells builds apart.
    pub fn new(program: &Path) -> Self {
        Self { label: program.display().to_string(), program: program.to_owned() }
    }
}

pub struct Product {
    pub chat: String,
    pub ws: SocketAddr,
    pub processes: Vec<Process>,
    server: Server,
    _data: TempDir,
}

impl Product {
    /// Everything in one process, on an empty data folder below `data`, which must be on a real disk.
    pub async fn start(candidate: &Candidate, data: &Path) -> Outcome<Self> {
        let data = TempDir::new_in(data)?;
        let server = Server::start(&candidate.program, data.path()).await?;
        let ws = server.address.trim_start_matches("http://").parse()?;
        Ok(Self {
            chat: server.address.clone(),
            ws,
            processes: vec![Process::new("cloud-chat", server.id()?)],
            server,
            _data: data,
        })
    }

    pub async fn stop(self) -> Outcome<()> {
        self.server.stop().await
    }
}
