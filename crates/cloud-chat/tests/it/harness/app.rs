//! A running Cloud Chat and the people in it.

use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;
use testbed::{MariaDb, nats::NatsServer};
use tokio::sync::watch;

use super::{Api, Call, Topology, User, Ways, aws::Aws, eventually, processes::Processes, server::Server};

pub struct App {
    pub api: Api,
    /// One for each process, in the order in which they need each other.
    pub servers: Vec<Server>,
    /// What carries events between them.
    pub nats: Option<NatsServer>,
    /// The database server, where it is its own.
    pub mariadb: Option<MariaDb>,
    pub ways: Ways,
    pub aws: Option<Aws>,
    folder: TempDir,
    /// `true` while the server answers: what a client waits for before it connects again.
    up: watch::Sender<bool>,
}

impl App {
    pub(super) async fn start(topology: Topology) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let Processes { servers, nats, mariadb, ways, aws, api } =
            Processes::start(topology, folder.path()).await;
        Self { api, servers, nats, mariadb, ways, aws, folder, up: watch::Sender::new(true) }
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

    /// Databases answer behind it, soon, and they are the processes that were started.
    pub async fn assert_healthy(&mut self) {
        for server in &mut self.servers {
            assert!(server.is_alive(), "a server died");
            let api = Api::one(server.port());
            let health = eventually("it is well", async || {
                let answer = api.get("/health").try_send().await.ok()?;
                (answer.status == 200).then(|| answer.json())
            });
            assert_eq!(health.await["status"], json!("ok"));
        }
    }

    /// kill -9 of every process: no goodbye.
    pub async fn kill(&mut self) {
        self.up.send_replace(false);
        for server in &mut self.servers {
            server.kill().await;
        }
    }

    /// SIGTERM, without waiting.
    pub fn signal_terminate(&self) {
        self.up.send_replace(false);
        self.servers.iter().for_each(Server::signal_terminate);
    }

    /// Of the first one.
    pub async fn exit_code(&mut self) -> Option<i32> {
        self.servers[0].exit_code().await
    }

    /// Starts it again on the same data and the same ports.
    pub async fn start_again(&mut self) {
        for server in &mut self.servers {
            server.start_again().await;
        }
        self.up.send_replace(true);
    }

    /// The process that plays this role; of several the first.
    pub fn server(&mut self, role: &str) -> &mut Server {
        let server = self.servers.iter_mut().find(|server| server.role() == Some(role));
        server.unwrap_or_else(|| panic!("there is no {role}-service here"))
    }

    /// Of all processes that play this role.
    pub fn ports_of(&self, role: &str) -> Vec<u16> {
        self.servers.iter().filter(|server| server.role() == Some(role)).map(Server::port).collect()
    }

    /// Of all processes, by so many seconds; back, where negative.
    pub fn step_clocks(&mut self, by_secs: i64) {
        for server in &mut self.servers {
            server.clock().step(by_secs);
        }
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

    /// Of all processes.
    pub fn log(&self) -> String {
        self.servers.iter().map(Server::log).chain(self.aws.as_ref().map(Aws::log)).collect()
    }

    pub fn port(&self) -> u16 {
        self.servers[0].port()
    }
}
