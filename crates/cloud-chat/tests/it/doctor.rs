//! `doctor`: finds nothing where all is well, and each thing that is broken, and says what to do. No line holds a secret.

mod broken;
mod proxies;

use crate::{
    harness::{Frontend, Output, Topology, run_with},
    mail::sink::Sink,
};

/// In every password and key of a test that must not be repeated.
const SECRET: &str = "hunter2";
const LONG_SECRET: &str = "hunter2-hunter2-hunter2-hunter2-hunter2";

/// What it said, after the checks that hold for every run.
struct Examination(Output);

async fn examine(args: &[&str], settings: &[(&str, &str)]) -> Examination {
    let output = run_with(&[&["doctor"], args].concat(), settings).await;
    let said = format!("{}{}", output.stdout, output.stderr);
    let secrets = ["JWT_SECRET", "INTERNAL_API_KEY", "DB_PASSWORD"];
    let secrets = settings.iter().filter(|(name, _)| secrets.contains(name)).map(|(_, value)| *value);
    for secret in secrets.chain([SECRET]) {
        assert!(!said.contains(secret), "a secret is shown: {said}");
    }
    for line in output.stdout.lines() {
        let is_finding = ["ok ", "warning ", "problem "].iter().any(|state| line.starts_with(state));
        assert!(
            is_finding || ["All is well.", "No problem, "].iter().any(|end| line.starts_with(end)),
            "{line}"
        );
    }
    let problems = output.stdout.lines().filter(|line| line.starts_with("problem ")).count();
    assert_eq!(output.code, Some(i32::from(problems > 0)), "{said}");
    Examination(output)
}

impl Examination {
    /// The state of what it looked at, and what it said of it.
    fn of(&self, what: &str) -> (&str, &str) {
        let lines = self.0.stdout.lines().filter_map(|line| line.split_once(' '));
        let mut found =
            lines.filter_map(|(state, rest)| Some((state, rest.trim_start().strip_prefix(what)?.trim())));
        found.next().unwrap_or_else(|| panic!("nothing about {what}: {}", self.0.stdout))
    }

    #[track_caller]
    fn is_ok(&self, what: &str) {
        assert_eq!(self.of(what).0, "ok", "{}", self.0.stdout);
    }

    /// It says what is wrong and what to do, each by some words.
    #[track_caller]
    fn complains(&self, state: &str, what: &str, words: &[&str]) {
        let found = self.of(what);
        assert_eq!(found.0, state, "{}", self.0.stdout);
        for word in words {
            assert!(found.1.contains(word), "no {word:?} in {found:?}");
        }
    }
}

#[tokio::test]
async fn a_server_in_good_health_is_told_so() {
    let sink = Sink::start().await;
    let nats = testbed::nats::NatsServer::start().await;
    let app = Topology::one_process().start().await;
    app.user("alice").await;
    let (data_dir, url) = (app.data_dir(), format!("http://127.0.0.1:{}", app.port()));
    let (smtp_url, nats_url) = (sink.url(), nats.url());
    let settings = [
        ("DATA_DIR", data_dir.to_str().expect("UTF-8")),
        ("FRONTEND_URL", "https://chat.example.org"),
        ("TRUSTED_PROXIES", "127.0.0.1"),
        ("JWT_SECRET", LONG_SECRET),
        ("SMTP_URL", &smtp_url),
        ("NATS_URL", &nats_url),
    ];
    let examination = examine(&["--url", &url], &settings).await;
    for what in [
        "settings",
        "data folder",
        "auth database",
        "chat database",
        "NATS",
        "mail",
        "web address",
        "clock",
        "WebSocket",
    ] {
        examination.is_ok(what);
    }
    // And where nothing is there yet.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().join("data");
    let examination = examine(&[], &[("DATA_DIR", data_dir.to_str().expect("UTF-8"))]).await;
    examination.is_ok("auth database");
    examination.is_ok("clock");
    examination.complains("warning", "mail", &["SMTP_URL"]);
    assert!(!data_dir.exists(), "it changes nothing");
}

#[tokio::test]
async fn services_in_good_health_are_told_so_through_their_proxy_too() {
    let mut app = Topology::services().start().await;
    let frontend = Frontend::of(&app).await;
    let url = format!("http://127.0.0.1:{}", frontend.port());
    for (role, own) in [("auth", "auth database"), ("chat", "auth-service"), ("ws", "chat-service")] {
        let settings = app.server(role).settings().to_vec();
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let examination = examine(&[role, "--url", &url], &settings).await;
        for what in [own, "NATS", "clock", "web address", "WebSocket"] {
            examination.is_ok(what);
        }
        assert_eq!(examination.0.code, Some(0), "{}", examination.0.stdout);
    }

    let mut settings = app.server("ws").settings().to_vec();
    settings.retain(|(name, _)| name != "INTERNAL_API_KEY");
    settings.push(("INTERNAL_API_KEY".into(), "hunter2-of-another-installation".into()));
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let examination = examine(&["ws"], &settings).await;
    examination.complains("problem", "chat-service", &["does not let us in", "the same INTERNAL_API_KEY"]);
}
