//! Cloud Chat under measurement: started for a run and stopped after it, or running already.

mod server;

use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use serde::Serialize;
use tempfile::TempDir;
use testbed::{MariaDb, TestDatabase, nats::NatsServer};

use crate::{Outcome, measure::Process, people::client};
pub use server::Server;

/// Signs the tokens of people whom the generator makes up.
pub const JWT_SECRET: &str = "only-benchmarks-sign-their-tokens-with-this";
const INTERNAL_API_KEY: &str = "only-benchmarks-show-this-internal-key";

/// A program to measure.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub label: String,
    pub program: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Everything in one process, on SQLite.
    Sqlite,
    /// Everything in one process, on MariaDB.
    Mariadb,
    /// auth, chat and ws, a process each, on MariaDB and NATS.
    Services,
}

impl Shape {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Mariadb => "MariaDB",
            Self::Services => "services on MariaDB",
        }
    }
}

/// One that runs already, wherever it is.
#[derive(Debug, Clone)]
pub struct Running {
    pub auth: String,
    pub chat: String,
    pub ws: SocketAddr,
    pub secret: String,
    pub processes: Vec<Process>,
}

pub struct Product {
    pub auth: String,
    pub chat: String,
    pub ws: SocketAddr,
    pub secret: String,
    pub processes: Vec<Process>,
    /// Where it says how it is doing.
    metrics: Option<String>,
    servers: Vec<Server>,
    database: Option<Database>,
    data: Option<TempDir>,
    _nats: Option<NatsServer>,
}

struct Database {
    _server: MariaDb,
    chat: TestDatabase,
}

/// Where a product that is stopped has left its messages.
pub struct Remains {
    database: Option<Database>,
    data: Option<TempDir>,
}

impl Candidate {
    /// What is not started here.
    pub fn elsewhere(label: &str) -> Self {
        Self { label: label.to_owned(), program: PathBuf::new() }
    }

    /// Called by its path, which tells builds apart.
    pub fn new(program: &Path) -> Self {
        Self { label: program.display().to_string(), program: program.to_owned() }
    }
}

impl Product {
    /// Empty, with its data below `data`, which must be on a real disk.
    pub async fn start(candidate: &Candidate, shape: Shape, data: &Path) -> Outcome<Self> {
        let folder = TempDir::new_in(data)?;
        let metrics = format!("127.0.0.1:{}", testbed::free_port());
        let mut processes = Vec::new();
        let (mut database, mut nats, mut on_auth, mut on_chat) = (None, None, None, None);
        if shape != Shape::Sqlite {
            let server = MariaDb::start_with_defaults(data).await;
            processes.extend(server.id().map(|id| Process::new("mariadbd", id)));
            on_auth = Some(TestDatabase::on_server(&server).await.url());
            let chat = TestDatabase::on_server(&server).await;
            on_chat = Some(chat.url());
            database = Some(Database { _server: server, chat });
        }
        let server = Launch { candidate, processes: &mut processes };
        let servers = if shape == Shape::Services {
            let bus = NatsServer::start().await;
            let url = bus.url();
            let servers = server.services(&url, &metrics, on_auth, on_chat).await?;
            processes.extend(bus.id().map(|id| Process::new("nats-server", id)));
            nats = Some(bus);
            servers
        } else {
            vec![server.one_process(folder.path(), &metrics, on_auth, on_chat).await?]
        };
        let address = |index: usize| servers[index.min(servers.len() - 1)].address.clone();
        Ok(Self {
            auth: address(0),
            chat: address(1),
            ws: address_in(&address(2))?,
            secret: JWT_SECRET.to_owned(),
            processes,
            metrics: Some(metrics),
            servers,
            database,
            data: Some(folder),
            _nats: nats,
        })
    }

    pub fn attached(running: &Running) -> Self {
        let Running { auth, chat, ws, secret, processes } = running.clone();
        let (servers, metrics, database, data, nats) = (Vec::new(), None, None, None, None);
        Self { auth, chat, ws, secret, processes, metrics, servers, database, data, _nats: nats }
    }

    pub fn auth_address(&self) -> Outcome<SocketAddr> {
        address_in(&self.auth)
    }

    pub fn chat_address(&self) -> Outcome<SocketAddr> {
        address_in(&self.chat)
    }

    /// How the writer stored messages over all so far; `None` where the program is older than its metrics, or not ours.
    pub async fn batches(&self) -> Outcome<Option<Batches>> {
        let Some(metrics) = &self.metrics else { return Ok(None) };
        let answer = match client()?.get(format!("http://{metrics}/metrics")).send().await {
            Err(error) if error.is_connect() => return Ok(None),
            answer => answer?.error_for_status()?,
        };
        let text = answer.text().await?;
        let [messages, seconds] =
            ["messages", "seconds"].map(|unit| mean(&text, &format!("cloud_chat_writer_batch_{unit}")));
        Ok(messages.zip(seconds).map(|(messages, seconds)| Batches { messages, seconds }))
    }

    /// Until each process has given back what its start took.
    pub async fn settle(&self) {
        for server in &self.servers {
            server.settle().await;
        }
    }

    pub async fn stop(self) -> Outcome<Remains> {
        for server in self.servers {
            server.stop().await?;
        }
        Ok(Remains { database: self.database, data: self.data })
    }
}

/// The writer's batches, in the mean.
#[derive(Debug, Clone, Copy)]
pub struct Batches {
    pub messages: f64,
    /// From the moment the writer turned to one until its commit was answered.
    pub seconds: f64,
}

impl Remains {
    /// The file with the messages, where they are in one.
    pub fn file(&self) -> Option<PathBuf> {
        self.data.as_ref().filter(|_| self.database.is_none()).map(|data| data.path().join("chat.db"))
    }

    /// The database with the messages, where a server has it.
    pub fn url(&self) -> Option<String> {
        self.database.as_ref().map(|database| database.chat.url())
    }
}

/// Starts processes and notes their ids.
struct Launch<'a> {
    candidate: &'a Candidate,
    processes: &'a mut Vec<Process>,
}

type Settings = Vec<(&'static str, String)>;

impl Launch<'_> {
    async fn one_process(
        self,
        folder: &Path,
        metrics: &str,
        on_auth: Option<String>,
        on_chat: Option<String>,
    ) -> Outcome<Server> {
        let mut settings = common();
        settings.push(("DATA_DIR", folder.display().to_string()));
        settings.push(("METRICS_ADDR", metrics.to_owned()));
        settings.extend(on_auth.map(|url| ("AUTH_DATABASE_URL", url)));
        settings.extend(on_chat.map(|url| ("CHAT_DATABASE_URL", url)));
        settings.push(("DB_SYNC", "true".to_owned()));
        let server = Server::start(&self.candidate.program, None, &settings).await?;
        self.processes.push(Process::new("cloud-chat", server.id()?));
        Ok(server)
    }

    /// auth, chat, ws.
    async fn services(
        self,
        nats: &str,
        metrics: &str,
        on_auth: Option<String>,
        on_chat: Option<String>,
    ) -> Outcome<Vec<Server>> {
        let mut servers: Vec<Server> = Vec::new();
        for role in ["auth", "chat", "ws"] {
            let mut settings = common();
            settings.extend([
                ("INTERNAL_API_KEY", INTERNAL_API_KEY.to_owned()),
                ("FRONTEND_URL", "http://localhost:5000".to_owned()),
                ("NATS_URL", nats.to_owned()),
                ("DB_SYNC", "true".to_owned()),
            ]);
            match role {
                "auth" => settings.extend(on_auth.clone().map(|url| ("DATABASE_URL", url))),
                "chat" => {
                    settings.extend(on_chat.clone().map(|url| ("DATABASE_URL", url)));
                    settings.push(("AUTH_SERVICE_URL", servers[0].address.clone()));
                    settings.push(("METRICS_ADDR", metrics.to_owned()));
                }
                _ => settings.push(("CHAT_SERVICE_INTERNAL", servers[1].address.clone())),
            }
            let server = Server::start(&self.candidate.program, Some(role), &settings).await?;
            self.processes.push(Process::new(format!("cloud-chat {role}"), server.id()?));
            servers.push(server);
        }
        Ok(servers)
    }
}

pub fn common() -> Settings {
    vec![
        ("JWT_SECRET", JWT_SECRET.to_owned()),
        ("JWT_EXPIRES_IN", "2h".to_owned()),
        ("RATE_LIMITS", "off".to_owned()),
        ("LOG", "warn".to_owned()),
    ]
}

fn address_in(url: &str) -> Outcome<SocketAddr> {
    let address = url.strip_prefix("http://").ok_or_else(|| format!("{url} is not http://…"))?;
    let found = address.trim_end_matches('/').to_socket_addrs()?.next();
    found.ok_or_else(|| format!("{url} has no address").into())
}

/// Of a histogram in the text format of Prometheus.
fn mean(metrics: &str, name: &str) -> Option<f64> {
    let value = |suffix: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(suffix));
        line?.split_whitespace().last()?.parse::<f64>().ok()
    };
    Some(value("_sum")? / value("_count")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_a_histogram_is_read() {
        let text = "# TYPE batch histogram\nbatch_sum 90.0\nbatch_count 12\nbatch_bucket{le=\"1\"} 3\n";
        assert_eq!(mean(text, "batch"), Some(7.5));
        assert_eq!(mean(text, "other"), None);
    }
}
