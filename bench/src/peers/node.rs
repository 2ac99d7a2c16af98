//! A short server on Node's `ws` and MariaDB, of the kind that most people would write first.

use std::{path::Path, process::Stdio};

use testbed::{MariaDb, TestDatabase};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    Outcome,
    measure::Process,
    peers::{PATIENCE, spawn},
    product::{JWT_SECRET, Product, Running},
};

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/node/server.mjs");

pub struct Node {
    pub label: String,
    running: Running,
    _child: Child,
    _database: (MariaDb, TestDatabase),
}

impl Node {
    pub const SETTINGS: &str = "one process, ten connections to MariaDB with its defaults, a transaction for each message \
         (bench/peers/node/server.mjs)";

    pub async fn start(data: &Path) -> Outcome<Self> {
        let server = MariaDb::start_with_defaults(data).await;
        let database = TestDatabase::on_server(&server).await;
        // What follows the name are settings of another client.
        let url = database.url();
        let url = url.split('?').next().unwrap_or_default();
        let mut command = Command::new("node");
        command
            .arg(SERVER)
            .env("DATABASE_URL", url)
            .env("JWT_SECRET", JWT_SECRET)
            .env("NODE_ENV", "production");
        let mut child = spawn(command.stdout(Stdio::piped()))?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let port = tokio::time::timeout(PATIENCE, lines.next_line())
            .await??
            .ok_or("it ended; scripts/setup-peers.sh installs what it needs")?;
        let address = format!("127.0.0.1:{port}");
        let mut processes = vec![Process::new("node", child.id().ok_or("the Node server ended")?)];
        processes.extend(server.id().map(|id| Process::new("mariadbd", id)));
        let (auth, chat) = (format!("http://{address}"), format!("http://{address}"));
        let running = Running { auth, chat, ws: address.parse()?, secret: JWT_SECRET.to_owned(), processes };
        let version = Command::new("node").arg("--version").output().await?;
        let label = format!("Node {} ws + MariaDB", String::from_utf8(version.stdout)?.trim());
        Ok(Self { label, running, _child: child, _database: (server, database) })
    }

    /// It speaks our protocol as far as sockets go.
    pub fn product(&self) -> Product {
        Product::attached(&self.running)
    }
}
