//! `user …`: an operator looks after accounts beside the running server.

use serde_json::json;

use crate::harness::{App, Closed, Output, SOON, Topology, run, within};

async fn user(app: &App, args: &[&str]) -> Output {
    let data_dir = app.data_dir();
    let data_dir = data_dir.to_str().expect("UTF-8");
    run(&[&["user", "--data-dir", data_dir], args].concat()).await
}

#[tokio::test]
async fn a_disabled_account_is_out_within_seconds_and_comes_back_when_enabled() {
    let app = Topology::one_process().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let (mut cut, mut kept) = (alice.connect().await, bob.connect().await);

    let disabled = user(&app, &["disable", "Alice"]).await;
    assert_eq!((disabled.code, disabled.stderr.as_str()), (Some(0), ""));

    let closed = within(SOON, "her socket is cut", cut.expect_close()).await;
    assert_eq!(closed, Closed { code: 1008, reason: "revoked".into() });
    alice.get("/users/me").await.any_problem(401);
    alice.get("/rooms/general").await.any_problem(401);
    alice.try_refresh().await.any_problem(401);
    alice.try_log_in(&alice.password).await.problem(403, "ACCOUNT_DISABLED");
    alice.try_log_in("not her password").await.problem(401, "BAD_CREDENTIALS");
    kept.assert_alive().await;

    let enabled = user(&app, &["enable", "alice@example.org"]).await;
    assert_eq!((enabled.code, enabled.stderr.as_str()), (Some(0), ""));
    let back = alice.log_in().await;
    back.connect().await.assert_alive().await;
    alice.get("/users/me").await.any_problem(401);
}

#[tokio::test]
async fn accounts_are_listed() {
    let app = Topology::one_process().start().await;
    assert_eq!(user(&app, &["list"]).await.code, Some(0));
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    user(&app, &["disable", "bob"]).await;

    let listed = user(&app, &["list"]).await;
    assert_eq!((listed.code, listed.stderr.as_str()), (Some(0), ""));
    assert_eq!(listed.stdout.lines().count(), 2, "{}", listed.stdout);
    for (account, state) in [(&alice, "active"), (&bob, "disabled")] {
        let is_theirs = |line: &&str| line.contains(&account.id) && line.contains(&account.email);
        let line = listed.stdout.lines().find(is_theirs).expect("a line each");
        assert!(line.contains(&account.username) && line.contains(state), "{line}");
    }
}

#[tokio::test]
async fn a_reset_link_from_the_command_line_works_once() {
    let app = Topology::one_process().start().await;
    let alice = app.user("alice").await;
    let mut socket = alice.connect().await;
    let data_dir = app.data_dir();
    let data_dir = data_dir.to_str().expect("UTF-8");
    let args = [
        "user",
        "--data-dir",
        data_dir,
        "--frontend-url",
        "https://chat.example.org",
        "reset-password",
        "alice",
    ];

    let printed = run(&args).await;
    assert_eq!((printed.code, printed.stderr.as_str()), (Some(0), ""));
    let token = printed.stdout.trim().strip_prefix("https://chat.example.org/reset-password?token=");
    let body =
        json!({"token": token.expect("the contract's link"), "newPassword": "an entirely other phrase 9"});
    alice.get("/users/me").await.is(200);
    app.post("/auth/reset-password", &body).await.is(200);
    app.post("/auth/reset-password", &body).await.problem(400, "BAD_RESET_TOKEN");

    assert_eq!(within(SOON, "her socket is cut", socket.expect_close()).await.code, 1008);
    alice.try_log_in("an entirely other phrase 9").await.is(200);
}

#[tokio::test]
async fn an_unknown_user_is_complained_about() {
    let app = Topology::one_process().start().await;
    for command in ["disable", "enable", "reset-password"] {
        let output = user(&app, &[command, "nobody"]).await;
        assert_eq!(output.code, Some(1), "{command}");
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
        assert!(output.stderr.contains("no account"), "{}", output.stderr);
    }
}

#[tokio::test]
async fn a_folder_without_a_server_s_files_is_named_and_left_empty() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    let listed = run(&["user", "--data-dir", elsewhere.to_str().unwrap(), "list"]).await;
    assert_eq!((listed.code, listed.stdout.as_str()), (Some(1), ""));
    assert!(listed.stderr.contains("auth.db") && listed.stderr.lines().count() == 1, "{}", listed.stderr);
    assert!(!elsewhere.exists());
}
