//! A running Cloud Chat and the people in it.

use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;
use tokio::sync::watch;

use super::{Api, Call, Topology, User, server::Server};

pub struct App {
    pub api: Api,
    topology: Topology,
    server: Server,
    folder: TempDir,
    /// `true` while the server answers: what a client waits for before it connects again.
    up: watch::Sender<bool>,
}

impl App {
    pub(super) async fn start(topology: Topology) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data_dir = folder.path().join("data");
        let server = Server::start(&data_dir, &log_file(&folder), 0, &topology.settings).await;
        let api = Api::new(server.port);
        Self { api, topology, server, folder, up: watch::Sender::new(true) }
    }

    /// Signs somebody up under exactly this name.
    pub async fn user(&self, username: &str) -> User {
        let email = format!("{username}@example.org");
        User::sign_up(&self.api, username, &email, &format!("{username} likes long walks 7")).await
    }

    pub fn get(&self, path: &str) -> Call {
        self.api.get(path)
    }

    pub fn post(&self, path: &str, body: &serde_json::Value) -> Call {
        self.api.post(path, body)
    }

    /// A database answers behind it, and it is the process that was started.
    pub async fn assert_healthy(&mut self) {
        assert!(self.server.is_alive(), "the server died");
        let health = self.get("/health").await.is(200).json();
        assert_eq!(health["status"], json!("ok"));
    }

    /// kill -9: no goodbye.
    pub async fn kill(&mut self) {
        self.up.send_replace(false);
        self.server.kill().await;
    }

    /// SIGTERM, without waiting.
    pub fn signal_terminate(&self) {
        self.up.send_replace(false);
        self.server.signal_terminate();
    }

    pub async fn exit_code(&mut self) -> Option<i32> {
        self.server.exit_code().await
    }

    /// Starts it again on the same data and the same port.
    pub async fn start_again(&mut self) {
        let port = self.server.port;
        self.server =
            Server::start(&self.data_dir(), &log_file(&self.folder), port, &self.topology.settings).await;
        self.up.send_replace(true);
    }

    pub fn up(&self) -> watch::Receiver<bool> {
        self.up.subscribe()
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder that goes with the app.
    pub fn scratch(&self) -> &Path {
        self.folder.path()
    }

    pub fn log(&self) -> String {
        self.server.log()
    }

    pub fn port(&self) -> u16 {
        self.server.port
    }
}

fn log_file(folder: &TempDir) -> PathBuf {
    folder.path().join("server.log")
}
