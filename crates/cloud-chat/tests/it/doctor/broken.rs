//! Each thing that may be broken, but for what a proxy does.

use std::os::unix::fs::PermissionsExt;

use testbed::{Engine, TestDatabase, nats::NatsServer};

use super::{LONG_SECRET, SECRET, examine};
use crate::{harness::run_with, mail::sink::Sink};

/// What the auth-service needs; nothing listens there.
const AUTH: [(&str, &str); 5] = [
    ("JWT_SECRET", LONG_SECRET),
    ("INTERNAL_API_KEY", LONG_SECRET),
    ("FRONTEND_URL", "https://chat.example.org"),
    ("DATABASE_URL", "mysql://chat:hunter2@127.0.0.1:1/auth_db"),
    ("NATS_URL", "nats://chat:hunter2@127.0.0.1:1"),
];

fn with<'a>(settings: &[(&'a str, &'a str)], own: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = settings.iter().filter(|(name, _)| own.iter().all(|(changed, _)| name != changed));
    kept.chain(own).copied().collect()
}

#[tokio::test]
async fn a_closed_port_is_named_whoever_should_listen_there() {
    let own = [("SMTP_URL", "smtp://chat:hunter2@127.0.0.1:1")];
    let examination = examine(&["auth", "--url", "http://127.0.0.1:1"], &with(&AUTH, &own)).await;
    examination.complains("problem", "auth database", &["127.0.0.1:1", "refused", "port"]);
    examination.complains("problem", "NATS", &["127.0.0.1:1", "refused", "NATS_URL"]);
    examination.complains("problem", "mail", &["refused", "SMTP_URL"]);
    examination.complains("problem", "web address", &["refused", "port"]);
    assert!(examination.0.stderr.starts_with("cloud-chat: 4 problems, "), "{}", examination.0.stderr);

    let own = [("AUTH_SERVICE_URL", "http://127.0.0.1:1")];
    let examination = examine(&["chat"], &with(&AUTH, &own)).await;
    examination.complains("problem", "auth-service", &["http://127.0.0.1:1", "AUTH_SERVICE_URL"]);
}

#[tokio::test]
async fn a_wrong_password_is_told_from_a_server_that_is_away() {
    let (sink, nats) = (Sink::start().await, NatsServer::start_with(&["--auth", "another"]).await);
    let mut database = TestDatabase::new(Engine::MariaDb).await;
    database.password = SECRET.into();
    let (database_url, nats_url) = (database.url(), nats.url_as("hunter2@"));
    let smtp_url = sink.url().replace("smtp://", "smtp://chat:hunter2@");
    let own = [("DATABASE_URL", database_url.as_str()), ("NATS_URL", &nats_url), ("SMTP_URL", &smtp_url)];
    let examination = examine(&["auth"], &with(&AUTH, &own)).await;
    examination.complains("problem", "auth database", &[&database.name, "Access denied", "password"]);
    examination.complains("problem", "NATS", &["authorization", "NATS_URL"]);
    examination.complains("problem", "mail", &["password", "SMTP_URL"]);
}

#[tokio::test]
async fn a_schema_that_is_behind_is_named_with_the_way_out() {
    let database = TestDatabase::new(Engine::MariaDb).await;
    let url = database.url();
    let settings = with(&AUTH, &[("DATABASE_URL", &url)]);
    let examination = examine(&["auth"], &settings).await;
    examination.complains(
        "problem",
        "auth database",
        &["cloud-chat migrate --database auth", "DB_SYNC=true"],
    );
    examination.is_ok("clock");
    examine(&["auth"], &with(&settings, &[("DB_SYNC", "true")])).await.is_ok("auth database");

    let migrated = run_with(&["migrate", "--database", "auth"], &[("DATABASE_URL", &url)]).await;
    assert_eq!(migrated.code, Some(0), "{}", migrated.stderr);
    examine(&["auth"], &settings).await.is_ok("auth database");
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_used_or_is_open_to_others_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    std::fs::write(place("file"), "not a folder").expect("writable");
    for data_dir in [place("file"), place("file/data"), "/proc/cloud-chat".into()] {
        let examination = examine(&[], &[("DATA_DIR", &data_dir)]).await;
        examination.complains("problem", "data folder", &["DATA_DIR"]);
    }

    let mode = |name: &str, mode: u32| {
        std::fs::set_permissions(place(name), std::fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    let examine_folder = async || examine(&[], &[("DATA_DIR", &place("data"))]).await;
    std::fs::create_dir(place("data")).expect("it is new");
    mode("data", 0o755);
    examine_folder().await.complains("warning", "data folder", &["chmod 700"]);
    mode("data", 0o700);
    examine_folder().await.is_ok("data folder");
    std::fs::write(place("data/secrets.json"), format!(r#"{{"jwtSecret": "{LONG_SECRET}"}}"#))
        .expect("writable");
    mode("data/secrets.json", 0o644);
    examine_folder().await.complains("problem", "data folder", &["chmod 600"]);
    std::fs::write(place("data/secrets.json"), r#"{"jwtSecret": "hunter2"}"#).expect("writable");
    examine_folder().await.complains("problem", "data folder", &["secrets.json", "backup"]);
    std::fs::write(place("data/chat.db"), "Dear database, ".repeat(200)).expect("writable");
    examine_folder().await.complains("problem", "chat database", &["chat.db", "Restore a backup"]);
}

#[tokio::test]
async fn settings_that_are_unwise_are_warned_of_and_malformed_ones_are_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().to_str().expect("UTF-8");
    let unwise = |own: &[(&'static str, &'static str)]| with(own, &[("DATA_DIR", data_dir)]);
    for (settings, state, words) in [
        (&[("RATE_LIMITS", "off")][..], "warning", "RATE_LIMITS=off"),
        (&[("DEV_MODE", "true")], "warning", "DEV_MODE=true"),
        (&[], "warning", "FRONTEND_URL"),
        (&[("FRONTEND_URL", "http://chat.example.org")], "warning", "https"),
        (&[("FRONTEND_URL", "https://chat.example.org")], "warning", "TRUSTED_PROXIES"),
        (
            &[("NATS_URL", "nats://127.0.0.1:1"), ("FRONTEND_URL", "http://localhost:5000")],
            "problem",
            "JWT_SECRET",
        ),
    ] {
        examine(&[], &unwise(settings)).await.complains(state, "settings", &[words]);
    }
    let malformed = run_with(&["doctor"], &[("DATA_DIR", data_dir), ("JWT_SECRET", SECRET)]).await;
    assert_eq!((malformed.code, malformed.stderr.lines().count()), (Some(1), 1), "{}", malformed.stderr);
    assert!(
        malformed.stderr.contains("JWT_SECRET") && !malformed.stderr.contains(SECRET),
        "{}",
        malformed.stderr
    );
}
