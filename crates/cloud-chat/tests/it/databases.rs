//! Cloud Chat on a database server: its schema, its address, and the server being away.

use serde_json::{Value, json};
use testbed::{Engine, MariaDb, TestDatabase};
use tokio::{net::TcpListener, process::Command};

use crate::harness::{SOON, Sockets, Storm, Talk, Topology, count, eventually, output_of, run_with, within};

/// As the variables of a service hold it.
fn parts<'a>(database: &'a TestDatabase, port: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("DB_HOST", &database.host),
        ("DB_PORT", port),
        ("DB_NAME", &database.name),
        ("DB_USER", &database.user),
        ("DB_PASSWORD", &database.password),
    ]
}

fn on(auth: &TestDatabase, chat: &TestDatabase) -> Topology {
    let topology = Topology::one_process().with("AUTH_DATABASE_URL", auth.url());
    topology.with("CHAT_DATABASE_URL", chat.url()).with("MESSAGE_RATE", "100000")
}

#[tokio::test]
async fn a_schema_that_is_behind_is_refused_until_it_is_migrated() {
    let (auth, chat) = (TestDatabase::new(Engine::MariaDb).await, TestDatabase::new(Engine::MariaDb).await);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().to_str().expect("UTF-8");
    let (auth_url, chat_url) = (auth.url(), chat.url());
    let settings = [
        ("DATA_DIR", data_dir),
        ("AUTH_DATABASE_URL", auth_url.as_str()),
        ("CHAT_DATABASE_URL", chat_url.as_str()),
        ("LOG", "error"),
    ];
    let refused = run_with(&["--port", "0"], &settings).await;
    assert_eq!(refused.code, Some(1));
    assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    for words in ["cloud-chat migrate --database auth", "DB_SYNC=true", &auth.name] {
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
    assert!(!refused.stderr.contains(&auth.password), "{}", refused.stderr);

    for (which, database) in [("auth", &auth), ("chat", &chat)] {
        let port = database.port.to_string();
        let migrated = run_with(&["migrate", "--database", which], &parts(database, &port)).await;
        assert_eq!(migrated.code, Some(0), "{}", migrated.stderr);
        assert!(migrated.stdout.contains(&database.name), "{}", migrated.stdout);
    }
    let app = on(&auth, &chat).start().await;
    let alice = app.user("alice").await;
    let listed = run_with(&["user", "list"], &settings).await;
    assert!(listed.stdout.contains(&alice.id), "{}", listed.stderr);
}

#[tokio::test]
async fn a_missing_part_of_an_address_is_named() {
    let output =
        run_with(&["migrate", "--database", "chat"], &[("DB_HOST", "db"), ("DB_USER", "chat")]).await;
    assert_eq!((output.code, output.stderr.lines().count()), (Some(1), 1), "{}", output.stderr);
    assert!(output.stderr.contains("DB_NAME, DB_PASSWORD must be set"), "{}", output.stderr);
}

#[tokio::test]
async fn a_wrong_password_ends_the_start_and_is_not_repeated() {
    let database = TestDatabase::new(Engine::MariaDb).await;
    let port = database.port.to_string();
    let mut parts = parts(&database, &port);
    parts[4].1 = "hunter2";
    let output = run_with(&["migrate", "--database", "auth"], &parts).await;
    assert_eq!(output.code, Some(1));
    assert!(
        output.stderr.contains("Access denied") && !output.stderr.contains("hunter2"),
        "{}",
        output.stderr
    );
}

#[tokio::test]
async fn a_start_waits_for_a_server_that_is_not_up_yet() {
    let mut server = MariaDb::start().await;
    let (auth, chat) = (TestDatabase::on_server(&server).await, TestDatabase::on_server(&server).await);
    server.kill().await;
    // In its place something that hangs up, as a server does that is about to start or to stop.
    let place = TcpListener::bind((auth.host.as_str(), auth.port)).await.expect("the port is free");
    let come_up = async {
        for _ in 0..2 {
            drop(place.accept().await.expect("somebody tries"));
        }
        drop(place);
        server.start_again().await;
    };
    let start = on(&auth, &chat).with("DB_SYNC", "true").start();
    let (mut app, ()) = tokio::join!(start, come_up);
    app.assert_healthy().await;
    assert!(app.log().contains("waiting for it"), "{}", app.log());
}

#[tokio::test]
async fn while_the_server_is_away_requests_are_told_to_come_back_and_nothing_acknowledged_is_lost() {
    let mut server = MariaDb::start().await;
    let (auth, chat) = (TestDatabase::on_server(&server).await, TestDatabase::on_server(&server).await);
    let mut app = on(&auth, &chat).with("DB_SYNC", "true").start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let room = alice.create_room_with("plans", &[&bob]).await;
    let mut idle = bob.connect().await;
    let mut storm = Storm::start("storm", &[&alice, &bob], &[room]);
    storm.until_acked(150).await;

    server.kill().await;
    let body = json!({"content": "hi"});
    let answers = futures::join!(
        app.get("/health").try_send(),
        alice.get("/users/me").try_send(),
        alice.get("/rooms/my-rooms").try_send(),
        alice.post(&format!("/messages/{room}"), &body).try_send(),
        alice.post("/rooms/create", &json!({"name": "more"})).try_send(),
    );
    for answer in <[_; 5]>::from(answers) {
        answer.expect("an answer").any_problem(503);
    }
    alice.try_log_in(&alice.password).await.any_problem(503);
    let read = alice.get("/rooms/my-rooms").header("x-request-id", "read-at-night");
    read.await.any_problem(503);
    let told = app.log().lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).find(|line| {
        line["message"] == "the database does not answer" && line["span"]["request_id"] == "read-at-night"
    });
    let told = told.expect("what went wrong in a request is told with its id");
    assert_eq!((&told["level"], &told["span"]["route"]), (&json!("WARN"), &json!("/rooms/my-rooms")));
    assert_eq!(told["span"]["trace_id"].as_str().map(str::len), Some(32));
    idle.assert_alive().await;

    server.start_again().await;
    eventually("requests are answered again", async || {
        let answer = alice.get("/users/me").try_send().await.ok()?;
        (answer.status == 200).then_some(())
    })
    .await;
    alice.send(room, "after").await;
    let is_it = |event: &serde_json::Value| event["message"]["content"] == "after";
    within(SOON, "the socket that stayed hears it", idle.expect_where("the message", is_it)).await;
    // Those who send by socket wait for answers as long as it is open.
    app.kill().await;
    let aftermath = storm.end().await;
    app.start_again().await;
    aftermath.assert_kept(room, &alice.history(room).await);
    aftermath.retry().await;
    aftermath.assert_kept(room, &alice.history(room).await);
    let log = app.log();
    assert!(!log.contains("\"ERROR\"") && !log.contains("panicked"), "{log}");
}

/// As docs/operations.md says.
#[tokio::test]
async fn a_dump_taken_while_people_talk_holds_all_that_was_acknowledged_before() {
    let server = MariaDb::start().await;
    let (auth, chat) = (TestDatabase::on_server(&server).await, TestDatabase::on_server(&server).await);
    let mut app = on(&auth, &chat).with("DB_SYNC", "true").start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let room = alice.create_room_with("plans", &[&bob]).await;
    let mut talk = Talk::start("talk", &[&alice, &bob], &[room], Sockets::Stay).await;
    talk.goes_on(40).await;
    let before = talk.so_far();
    let file = app.scratch().join("cloud-chat.sql");
    let file = file.display();
    let (both, dump) =
        (format!("{} {}", auth.name, chat.name), "--single-transaction --hex-blob --databases");
    as_root(&auth, &format!("mariadb-dump \"$@\" {dump} {both} > {file}")).await;
    talk.goes_on(20).await;
    talk.end().await;

    app.kill().await;
    for database in [&auth, &chat] {
        as_root(&auth, &format!("mariadb \"$@\" --execute='DROP DATABASE {}'", database.name)).await;
    }
    as_root(&auth, &format!("mariadb \"$@\" < {file}")).await;
    app.start_again().await;
    let log = before.kept_in(room, &bob.log_in().await).await;
    assert_eq!(alice.log_in().await.send(room, "and on").await.seq, count(&log) + 1);
}

/// Runs a line of shell; `$@` says where the server is.
async fn as_root(database: &TestDatabase, script: &str) {
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", "--no-defaults", "--protocol=tcp", "--user=root"]);
    command.args(["--host", &database.host, "--port", &database.port.to_string()]).kill_on_drop(true);
    let output = output_of(script, command).await;
    assert_eq!(output.code, Some(0), "{script}: {}", output.stderr);
}
