//! A MariaDB server of a test's own, to be killed and started again.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{ConnectOptions, Connection, Executor, mysql::MySqlConnectOptions};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{Identity, Process, free_port};

/// Knows how a server for tests is set up.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/with-mariadb.sh");
/// What makes its disk full.
const FULL_DISK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/mariadb/full-disk.c");
/// What it says in its log when it is refused space: ENOSPC.
const REFUSED_SPACE: &str = "failed with error 28";
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
        build_full_disk(folder.path()).await;
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

    /// None of its files grows any more. Returns once it was refused space, as whoever writes to it sees to.
    pub async fn fill_disk(&self) {
        let log = || fs::read_to_string(self.folder.path().join("log.err")).expect("it keeps a log");
        let before = log().matches(REFUSED_SPACE).count();
        fs::write(full(self.folder.path()), "").expect("there is space in fact");
        let mut rhythm = tokio::time::interval(RHYTHM);
        let refused = async {
            while log().matches(REFUSED_SPACE).count() == before {
                rhythm.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, refused).await.expect("the server asks for space");
    }

    /// There is space again.
    pub fn free_disk(&self) {
        fs::remove_file(full(self.folder.path())).expect("it was full");
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
    let own = [("LD_PRELOAD", library(folder)), ("DISK_FULL", full(folder))];
    let own = own.into_iter().map(|(name, path)| (name, path.display().to_string()));
    Process::start_with(SCRIPT, &args, own, &folder.join("out"))
}

/// Links of Rust's programs need a compiler of C, too: there is one.
async fn build_full_disk(folder: &Path) {
    let built = Command::new("cc").args(["-shared", "-fPIC", FULL_DISK, "-o"]).arg(library(folder)).status();
    assert!(built.await.expect("the compiler starts").success(), "{FULL_DISK} cannot be built");
}

fn library(folder: &Path) -> PathBuf {
    folder.join("full-disk.so")
}

/// The disk is full while it is there.
fn full(folder: &Path) -> PathBuf {
    folder.join("full")
}
