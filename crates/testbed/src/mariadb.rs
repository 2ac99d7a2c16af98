//! A MariaDB server of a test's own, to be killed and started again.

use std::{path::Path, time::Duration};

use sqlx::{ConnectOptions, Connection, Executor, mysql::MySqlConnectOptions};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{Identity, Process, free_port};

/// Knows how a server for tests is set up.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/with-mariadb.sh");
const PATIENCE: Duration = Duration::from_secs(60);
const RHYTHM: Duration = Duration::from_millis(20);

pub struct MariaDb {
    process: Process,
    folder: TempDir,
    port: u16,
    args: Vec<String>,
    settings: Settings,
}

/// What the script calls them.
type Settings = &'static str;
const UNLIKE_OURS: Settings = "serve";
const DEFAULTS: Settings = "serve-plain";

impl MariaDb {
    pub async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    /// With the server's own defaults and its data below `parent`: what benchmarks want.
    pub async fn start_with_defaults(parent: &Path) -> Self {
        let folder = TempDir::new_in(parent).expect("a folder can be made there");
        Self::start_in(folder, DEFAULTS, Vec::new()).await
    }

    /// Offers TLS.
    pub async fn start_tls(identity: &Identity) -> Self {
        let (certificate, key) = (identity.certificate.display(), identity.key.display());
        Self::start_with(vec![format!("--ssl-cert={certificate}"), format!("--ssl-key={key}")]).await
    }

    async fn start_with(args: Vec<String>) -> Self {
        Self::start_in(tempfile::tempdir().expect("a temporary folder"), UNLIKE_OURS, args).await
    }

    async fn start_in(folder: TempDir, settings: Settings, args: Vec<String>) -> Self {
        let prepared = Command::new(SCRIPT).arg("prepare").arg(folder.path()).status().await;
        let is_prepared = prepared.expect("the script starts").success();
        assert!(is_prepared, "the server's folder cannot be made: `make test` installs what the tests need");
        let port = free_port();
        let process = spawn(settings, folder.path(), port, &args);
        let server = Self { process, folder, port, args, settings };
        server.until_ready().await;
        server
    }

    /// `None` once it was killed.
    pub fn id(&self) -> Option<u32> {
        self.process.id()
    }

    /// `kill -9`, and waits until it is gone.
    pub async fn kill(&mut self) {
        self.process.kill().await;
    }

    /// On the same data and the same port.
    pub async fn start_again(&mut self) {
        self.process = spawn(self.settings, self.folder.path(), self.port, &self.args);
        self.until_ready().await;
    }

    /// Hangs from now on, its connections open.
    pub fn freeze(&self) {
        self.process.freeze();
    }

    pub fn thaw(&self) {
        self.process.thaw();
    }

    /// Whether it refuses all writes but root's, as a primary does that is about to be a replica.
    pub async fn set_read_only(&self, is_read_only: bool) {
        let statement = if is_read_only { "SET GLOBAL read_only = ON" } else { "SET GLOBAL read_only = OFF" };
        let mut connection = self.admin().connect().await.expect("it runs");
        connection.execute(statement).await.expect("root may");
        connection.close().await.expect("it is ours");
    }

    /// Its root.
    pub fn admin(&self) -> MySqlConnectOptions {
        MySqlConnectOptions::new().host("127.0.0.1").port(self.port).username("root")
    }

    async fn until_ready(&self) {
        let mut rhythm = tokio::time::interval(RHYTHM);
        let connected = async {
            while self.admin().connect().await.is_err() {
                rhythm.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, connected).await.expect("the server takes connections");
    }
}

fn spawn(settings: Settings, folder: &Path, port: u16, own: &[String]) -> Process {
    let port = port.to_string();
    let serve = [settings, folder.to_str().expect("UTF-8"), &port];
    let args: Vec<_> = serve.into_iter().chain(own.iter().map(String::as_str)).collect();
    Process::start(SCRIPT, &args, &folder.join("out"))
}
