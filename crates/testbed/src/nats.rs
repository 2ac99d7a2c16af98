//! `nats-server`.

use std::{path::Path, time::Duration};

use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::{Identity, Process, free_port};

const PATIENCE: Duration = Duration::from_secs(20);

pub struct NatsServer {
    process: Process,
    folder: TempDir,
    port: u16,
    args: Vec<String>,
}

impl NatsServer {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With arguments of its own, such as `--auth SECRET`.
    pub async fn start_with(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let process = run(port, &args, &folder);
        let mut server = Self { process, folder, port, args };
        server.wait().await;
        server
    }

    /// Takes TLS connections alone.
    pub async fn start_tls(identity: &Identity, args: &[&str]) -> Self {
        let files = [&identity.certificate, &identity.key].map(|file| file.to_str().expect("UTF-8"));
        let tls = ["--tls", "--tlscert", files[0], "--tlskey", files[1]];
        Self::start_with(&[&tls, args].concat()).await
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        self.url_as("")
    }

    /// `who`: `user:password@`, `token@`, or nothing.
    pub fn url_as(&self, who: &str) -> String {
        format!("nats://{who}127.0.0.1:{}", self.port)
    }

    /// As `url_as`, by TLS, trusting this authority.
    pub fn tls_url_as(&self, who: &str, authority: &Path) -> String {
        format!("tls://{who}127.0.0.1:{}?ca={}", self.port, authority.display())
    }

    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// On the same port; what it knew is gone.
    pub async fn start_again(&mut self) {
        self.process = run(self.port, &self.args, &self.folder);
        self.wait().await;
    }

    pub fn freeze(&self) {
        self.process.freeze();
    }

    pub fn thaw(&self) {
        self.process.thaw();
    }

    async fn wait(&mut self) {
        let answers = async {
            let mut rhythm = tokio::time::interval(Duration::from_millis(10));
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                rhythm.tick().await;
                let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                assert!(self.process.is_alive(), "nats-server ended: {}", log());
            }
        };
        tokio::time::timeout(PATIENCE, answers).await.expect("nats-server answers in time");
    }
}

fn run(port: u16, args: &[String], folder: &TempDir) -> Process {
    let port = port.to_string();
    let own = ["--addr", "127.0.0.1", "--port", &port];
    let args: Vec<_> = own.into_iter().chain(args.iter().map(String::as_str)).collect();
    Process::start("nats-server", &args, &folder.path().join("log"))
}
