//! `backup` and `restore`: taken while people talk, put back elsewhere, and all that was acknowledged before is there.

use std::{
    collections::BTreeSet,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde_json::json;

use crate::harness::{Api, App, Output, Plan, Server, Sockets, Talk, Topology, User, count, eventually, run};

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

async fn back_up(app: &App, name: &str) -> (PathBuf, Output) {
    let to = app.scratch().join("backups").join(name);
    let output = run(&["backup", "--data-dir", text(&app.data_dir()), text(&to)]).await;
    (to, output)
}

async fn restore(from: &Path, data_dir: &Path, more: &[&str]) -> Output {
    run(&[&["restore", "--data-dir", text(data_dir), text(from)], more].concat()).await
}

/// One message is in the backup, and one was sent after it.
async fn backed_up_between_messages() -> (App, User, i64, PathBuf) {
    let app = Topology::one_process().start().await;
    let alice = app.user("alice").await;
    let general = alice.general().await;
    alice.send(general, "before the backup").await;
    let (backup, _) = back_up(&app, "monday").await;
    alice.send(general, "after the backup").await;
    (app, alice, general, backup)
}

/// A server on what was restored.
struct Restored {
    server: Server,
    api: Api,
}

impl Restored {
    /// From a folder of its own below the app's.
    async fn start(app: &App, from: &Path) -> Self {
        let folder = app.scratch().join(format!("restored-{}", from.file_name().expect("a name").display()));
        std::fs::create_dir(&folder).expect("it is new");
        let output = restore(from, &folder.join("data"), &[]).await;
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{}", output.stdout);
        let settings =
            [("LOG", "info"), ("RATE_LIMITS", "off")].map(|(name, value)| (name.into(), value.into()));
        let server = Server::start(Plan::one_process(&folder, settings.into())).await;
        let api = Api::one(server.port());
        Self { server, api }
    }

    /// The same person, there.
    fn user(&self, user: &User) -> User {
        User { api: self.api.clone(), ..user.clone() }
    }
}

#[tokio::test]
async fn a_backup_taken_while_people_talk_holds_all_that_was_acknowledged_before() {
    // Without a secret from outside: the backup holds the one that was made.
    let app = Topology::one_process().without("JWT_SECRET").with("MESSAGE_RATE", "100000").start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let rooms = [alice.create_room_with("one", &[&bob]).await, bob.create_room_with("two", &[&alice]).await];
    let mut talk = Talk::start("talk", &[&alice, &bob], &rooms, Sockets::Stay).await;
    talk.goes_on(60).await;
    let before = talk.so_far();

    let (backup, output) = back_up(&app, "monday").await;
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    talk.goes_on(20).await;
    talk.end().await;
    assert!(before.acked() >= 30, "repeats are acknowledged too, and are one message");

    let names = std::fs::read_dir(&backup).expect("it is there").map(|entry| entry.expect("readable"));
    let names: BTreeSet<_> =
        names.map(|entry| (entry.file_name().into_string().expect("UTF-8"), mode(&entry.path()))).collect();
    let files = ["auth.db", "chat.db", "secrets.json"].map(|name| (name.to_owned(), 0o600));
    assert_eq!(names, files.into());
    assert_eq!(mode(&backup), 0o700);
    assert_eq!(
        std::fs::read_dir(backup.parent().expect("a parent")).expect("readable").count(),
        1,
        "no drafts"
    );

    let restored = Restored::start(&app, &backup).await;
    let (alice, bob) = (restored.user(&alice), restored.user(&bob));
    alice.get("/users/me").await.is(200);
    let alice = alice.log_in().await;
    let bob = bob.log_in().await;
    let mut messages = 0;
    for room in rooms {
        let log = before.kept_in(room, &bob).await;
        messages += log.len();
        assert_eq!(alice.send(room, "and on").await.seq, count(&log) + 1);
    }
    let summary = output.stdout.lines().last().expect("a last line");
    assert!(summary.contains(text(&backup)) && summary.contains("3 files, "), "{summary}");
    assert!(summary.contains(&format!("2 accounts, {messages} messages")), "{summary}");
    let log = restored.server.log();
    assert!(!log.contains("\"ERROR\""), "{log}");
}

/// The two databases are copied one after the other, chat first; what happens in between must not matter.
#[tokio::test]
async fn what_happened_to_accounts_between_the_two_copies_is_settled_by_the_next_start() {
    let app = Topology::one_process().start().await;
    let (alice, mut bob, carol) = (app.user("alice").await, app.user("bob").await, app.user("carol").await);
    let room = alice.create_room_with("plans", &[&bob, &carol]).await;
    let (earlier, output) = back_up(&app, "earlier").await;
    let place = |name: &str| output.stdout.find(name).unwrap_or_else(|| panic!("{name}: {}", output.stdout));
    assert!(place("chat.db") < place("auth.db"), "the order of the copies: {}", output.stdout);

    bob.patch(&format!("/users/{}", bob.id), &json!({"username": "bobby"})).await.is(200);
    bob.username = "bobby".into();
    carol.delete_account().await;
    let dave = app.user("dave").await;
    let (later, _) = back_up(&app, "later").await;
    std::fs::copy(later.join("auth.db"), earlier.join("auth.db")).expect("copied");

    let restored = Restored::start(&app, &earlier).await;
    let [alice, dave, carol] = [&alice, &dave, &carol].map(|user| restored.user(user));
    let alice = alice.log_in().await;
    let names = ["alice", "bobby"].map(str::to_owned).into();
    eventually("the rename and the deletion are made up for", async || {
        (members(&alice, room).await == names).then_some(())
    })
    .await;
    dave.log_in().await.general().await;
    carol.try_log_in(&carol.password).await.problem(401, "BAD_CREDENTIALS");
}

async fn members(user: &User, room: i64) -> BTreeSet<String> {
    let room = user.get(&format!("/rooms/{room}")).await.is(200).json();
    let members = room["members"].as_array().expect("a list").clone();
    let names = members.iter().map(|member| member["usernameSnapshot"].as_str().expect("a name").to_owned());
    names.collect()
}

#[tokio::test]
async fn nothing_is_written_over_unless_it_is_said_and_then_it_is_kept() {
    let (mut app, alice, general, backup) = backed_up_between_messages().await;
    let data_dir = app.data_dir();

    let refused = |output: &Output, words: &str| {
        assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{words}");
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
        assert!(output.stderr.contains(words), "{words}: {}", output.stderr);
    };
    refused(&back_up(&app, "monday").await.1, "is there already");
    refused(&restore(&backup, &data_dir, &["--replace"]).await, "another cloud-chat runs");
    refused(&restore(app.scratch(), &data_dir, &["--replace"]).await, "is no backup");
    app.kill().await;
    refused(&restore(&backup, &data_dir, &[]).await, "--replace");
    app.start_again().await;
    assert_eq!(alice.history(general).await.len(), 2, "what was refused changed nothing");

    app.kill().await;
    let output = restore(&backup, &data_dir, &["--replace"]).await;
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let kept = std::fs::read_dir(&data_dir).expect("readable").map(|entry| entry.expect("readable").path());
    let kept = kept.into_iter().find(|path| path.is_dir()).expect("what was there before");
    assert!(output.stdout.contains(text(&kept)), "{}", output.stdout);
    app.start_again().await;
    let contents: Vec<_> = alice.history(general).await.into_iter().map(|message| message.content).collect();
    assert_eq!(contents, ["before the backup"]);

    // And back again.
    app.kill().await;
    let output = restore(&kept, &data_dir, &["--replace"]).await;
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    app.start_again().await;
    assert_eq!(alice.history(general).await.len(), 2);
}

#[tokio::test]
async fn a_start_finishes_a_restore_that_was_cut_off() {
    let (mut app, alice, general, backup) = backed_up_between_messages().await;
    app.kill().await;
    std::fs::rename(&backup, app.data_dir().join("restore.ready")).expect("on one disk");

    let (_, refused) = back_up(&app, "tuesday").await;
    assert_eq!((refused.code, refused.stderr.contains("cut off")), (Some(1), true), "{}", refused.stderr);
    app.start_again().await;
    assert_eq!(alice.history(general).await.len(), 1);
    assert_eq!(back_up(&app, "tuesday").await.1.code, Some(0));
}

#[tokio::test]
async fn databases_on_a_server_are_backed_up_there() {
    let url = "mysql://chat:hunter2@db.example.org/chat_db";
    for args in [&["backup", "/tmp/nowhere"][..], &["restore", "/tmp/nowhere"]] {
        let output = crate::harness::run_with(args, &[("CHAT_DATABASE_URL", url)]).await;
        assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""), "{args:?}");
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
        assert!(output.stderr.contains("db.example.org"), "{}", output.stderr);
        assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
    }
}

fn mode(path: &Path) -> u32 {
    path.metadata().expect("it is there").permissions().mode() & 0o777
}
