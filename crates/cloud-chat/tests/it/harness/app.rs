//! A running Cloud Chat and the people in it.

use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;
use testbed::{Engine, TestDatabase, nats::NatsServer};
use tokio::sync::watch;

use super::{
    Api, Call, Topology, User,
    server::{Plan, Server},
    topology::Shape,
};

pub struct App {
    pub api: Api,
    /// One for each process, in the order in which they need each other.
    servers: Vec<Server>,
    /// What carries events between them.
    pub nats: Option<NatsServer>,
    folder: TempDir,
    /// `true` while the server answers: what a client waits for before it connects again.
    up: watch::Sender<bool>,
}

impl App {
    pub(super) async fn start(topology: Topology) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (servers, nats, api) = match topology.shape {
            Shape::OneProcess => {
                let server = Server::start(Plan::one_process(folder.path(), topology.settings)).await;
                let api = Api::one(server.port());
                (vec![server], None, api)
            }
            Shape::Services { ws } => {
                let nats = NatsServer::start().await;
                let servers = start_services(folder.path(), &topology, ws, &nats.url()).await;
                let ports: Vec<_> = servers.iter().map(Server::port).collect();
                let api = Api::services(ports[0], ports[1], &ports[2..]);
                (servers, Some(nats), api)
            }
        };
        Self { api, servers, nats, folder, up: watch::Sender::new(true) }
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

    /// Databases answer behind it, and they are the processes that were started.
    pub async fn assert_healthy(&mut self) {
        for server in &mut self.servers {
            assert!(server.is_alive(), "a server died");
            let health = Api::one(server.port()).get("/health").await.is(200).json();
            assert_eq!(health["status"], json!("ok"));
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
        self.servers.iter().map(Server::log).collect()
    }

    pub fn port(&self) -> u16 {
        self.servers[0].port()
    }
}

async fn start_services(folder: &Path, topology: &Topology, ws: usize, nats_url: &str) -> Vec<Server> {
    let plan = |role: &'static str, nth: usize, own: &[(&str, String)]| {
        let mut settings = topology.settings.clone();
        settings.push(("NATS_URL".into(), nats_url.into()));
        settings.extend(own.iter().map(|(name, value)| ((*name).into(), value.clone())));
        Plan::service(role, folder.join(format!("{role}-{nth}.log")), settings)
    };
    let address = |server: &Server| format!("http://127.0.0.1:{}", server.port());

    let auth = Server::start(plan("auth", 1, &database().await)).await;
    let mut chat = database().await;
    chat.push(("AUTH_SERVICE_URL", address(&auth)));
    let chat = Server::start(plan("chat", 1, &chat)).await;
    let chat_url = address(&chat);
    let mut servers = vec![auth, chat];
    for nth in 1..=ws {
        servers.push(Server::start(plan("ws", nth, &[("CHAT_SERVICE_INTERNAL", chat_url.clone())])).await);
    }
    servers
}

/// One on the server that all tests share, as the variables of a service name it.
async fn database() -> Vec<(&'static str, String)> {
    let TestDatabase { host, port, name, user, password, .. } = TestDatabase::new(Engine::MariaDb).await;
    vec![
        ("DB_HOST", host),
        ("DB_PORT", port.to_string()),
        ("DB_NAME", name),
        ("DB_USER", user),
        ("DB_PASSWORD", password),
        ("DB_SYNC", "true".into()),
    ]
}
