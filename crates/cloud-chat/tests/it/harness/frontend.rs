//! nginx as it ships, started by its own script in front of whatever it is told.

use std::time::Duration;

use tempfile::TempDir;
use testbed::{Process, free_port};
use tokio::{net::TcpStream, process::Command};

use super::{Api, App, PATIENCE, eventually, output_of, within, workspace};

/// What stands for the app where a test is not about it.
const PAGE: &str = "<!doctype html><div id=\"root\"></div>";

pub struct Frontend {
    pub api: Api,
    port: u16,
    folder: TempDir,
    _process: Process,
}

impl Frontend {
    /// Of all nodes of the app's services.
    pub async fn of(app: &App) -> Self {
        let nodes = |role| {
            let ports = app.ports_of(role).into_iter();
            ports.map(|port| format!("127.0.0.1:{port}")).collect::<Vec<_>>().join(",")
        };
        let settings =
            [("AUTH_NODES", nodes("auth")), ("CHAT_NODES", nodes("chat")), ("WS_NODES", nodes("ws"))];
        Self::start(&settings).await
    }

    pub async fn start(settings: &[(&str, String)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let mut args = arguments(&folder, port, settings);
        // One process: it goes when it is killed.
        args.extend(["-g".into(), "master_process off;".into()]);
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        let mut process = Process::start("env", &args, &folder.path().join("log"));
        let answers = async {
            let mut rhythm = tokio::time::interval(Duration::from_millis(10));
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                rhythm.tick().await;
                let log = || std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
                assert!(process.is_alive(), "nginx ended: {}", log());
            }
        };
        within(PATIENCE, "nginx listens", answers).await;
        Self { api: Api::one(port), port, folder, _process: process }
    }

    /// The one line that it says instead of starting.
    pub async fn refusal(settings: &[(&str, String)]) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("env");
        command.args(arguments(&folder, free_port(), settings)).kill_on_drop(true);
        let output = output_of("the script refuses to start", command).await;
        assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{}", output.stderr);
        let line = output.stderr.trim_end().to_owned();
        assert_eq!(line.lines().count(), 1, "{line}");
        line
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The log, once it has all of this: a line is written after the answer.
    pub async fn log_with(&self, parts: &[&str]) -> String {
        eventually("the log has it", async || {
            let log = self.log();
            parts.iter().all(|part| log.contains(part)).then_some(log)
        })
        .await
    }

    /// Of requests and of nginx itself, so far.
    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("the log can be read")
    }
}

/// `env` with nothing but this, an app of one page, and what a test says.
fn arguments(folder: &TempDir, port: u16, settings: &[(&str, String)]) -> Vec<String> {
    let folder = folder.path().display();
    let web = format!("{folder}/web");
    std::fs::create_dir(&web).expect("the folder is ours");
    std::fs::write(format!("{web}/index.html"), PAGE).expect("the folder is ours");
    let path = std::env::var("PATH").unwrap_or_default();
    let own = [
        ("PATH", path),
        ("RUN_DIR", format!("{folder}/nginx")),
        ("WEB_ROOT", web),
        ("HOST", "127.0.0.1".into()),
        ("PORT", port.to_string()),
        ("RESOLVER", "127.0.0.1:1".into()),
    ];
    let variables = own.iter().chain(settings).map(|(name, value)| format!("{name}={value}"));
    let script = workspace().join("deploy/nginx/start.sh").display().to_string();
    std::iter::once("-i".into()).chain(variables).chain([script]).collect()
}
