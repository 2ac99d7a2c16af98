//! The commands beside serving, and what a start says about bad settings.

mod help;
mod settings;
mod users;

use std::os::unix::fs::PermissionsExt;

use crate::harness::{Topology, run, run_with, tokens::sign};

#[tokio::test]
async fn healthcheck_asks_the_server_and_says_what_is_wrong() {
    let mut app = Topology::one_process().start().await;
    let port = app.port().to_string();

    let healthy = run(&["healthcheck", "--port", &port]).await;
    assert_eq!((healthy.code, healthy.stderr.as_str()), (Some(0), ""));
    assert_eq!(run_with(&["healthcheck"], &[("PORT", &port)]).await.code, Some(0));

    app.kill().await;
    let away = run(&["healthcheck", "--port", &port]).await;
    assert_eq!(away.code, Some(1));
    assert_eq!(away.stderr.lines().count(), 1, "{}", away.stderr);
    assert!(away.stderr.contains(&port), "{}", away.stderr);
}

#[tokio::test]
async fn migrate_makes_and_repeats() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().join("a new/folder");
    let data_dir = data_dir.to_str().expect("UTF-8");
    for _ in 0..2 {
        let migrated = run(&["migrate", "--data-dir", data_dir]).await;
        assert_eq!((migrated.code, migrated.stderr.as_str()), (Some(0), ""));
        assert!(
            migrated.stdout.contains("auth.db") && migrated.stdout.contains("chat.db"),
            "{}",
            migrated.stdout
        );
    }
    let by_variable = run_with(&["migrate"], &[("DATA_DIR", data_dir)]).await;
    assert_eq!(by_variable.code, Some(0));
}

#[tokio::test]
async fn secrets_are_made_once_for_the_owner_only() {
    let mut app = Topology::one_process().without("JWT_SECRET").start().await;
    let alice = app.user("alice").await;
    app.get("/users/me").bearer(&sign(&crate::harness::tokens::claims_of(&alice.token))).await.is(401);

    let mode =
        |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let data_dir = app.data_dir();
    assert_eq!(mode(&data_dir), 0o700);
    let secrets = data_dir.join("secrets.json");
    assert_eq!(mode(&secrets), 0o600);
    let before = std::fs::read(&secrets).expect("readable");

    app.kill().await;
    app.start_again().await;
    assert_eq!(std::fs::read(&secrets).expect("readable"), before);
    alice.get("/users/me").await.is(200);
    assert!(!app.log().contains(&alice.token) && !app.log().contains(&alice.password));
}

#[tokio::test]
async fn two_servers_do_not_share_a_port_or_a_folder() {
    let mut app = Topology::one_process().start().await;
    let port = app.port().to_string();
    let elsewhere = app.scratch().join("elsewhere");
    let elsewhere = elsewhere.to_str().expect("UTF-8");

    let same_port = run(&["--host", "127.0.0.1", "--port", &port, "--data-dir", elsewhere]).await;
    assert_eq!(same_port.code, Some(1));
    assert_eq!(same_port.stderr.lines().count(), 1, "{}", same_port.stderr);
    assert!(same_port.stderr.contains(&port) && same_port.stderr.contains("in use"), "{}", same_port.stderr);

    let data_dir = app.data_dir();
    let data_dir = data_dir.to_str().expect("UTF-8");
    let same_folder = run(&["--host", "127.0.0.1", "--port", "0", "--data-dir", data_dir]).await;
    assert_eq!(same_folder.code, Some(1));
    assert_eq!(same_folder.stderr.lines().count(), 1, "{}", same_folder.stderr);
    assert!(same_folder.stderr.contains(data_dir), "{}", same_folder.stderr);
    app.assert_healthy().await;
}
