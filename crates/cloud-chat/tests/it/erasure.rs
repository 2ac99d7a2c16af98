//! Deleting an account leaves no personal data but the name on messages: not in a table, and not in the files.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use serde_json::json;
use testbed::{Engine, TestDatabase};
use tokio::process::Command;

use crate::harness::{App, PATIENCE, Topology, User, eventually, output_of, within};

const FIRST_EMAIL: &str = "erika.mustermann@example.org";
const LAST_EMAIL: &str = "erika.gabler@example.org";
/// Never on a message.
const FIRST_NAME: &str = "Mustermann77";
/// On a message.
const LAST_NAME: &str = "Gabler88";
/// What may be found nowhere afterwards. Folded, names and addresses are in lower case.
const ERASED: [&str; 4] = [FIRST_EMAIL, LAST_EMAIL, FIRST_NAME, "mustermann77"];

/// Somebody who did all that leaves traces, up to the moment before the account is deleted.
async fn live(app: &App) -> (User, User, i64) {
    let bob = app.user("bob").await;
    let password = "a long walk by the river 7";
    let mut erika = User::sign_up(&app.api, FIRST_NAME, FIRST_EMAIL, password).await;
    erika.log_in().await;
    erika.refresh().await;
    let shared = bob.create_room_with("shared", &[&erika]).await;
    let own = erika.create_room_with("own", &[&bob]).await;
    let left = bob.create_room_with("left", &[&erika]).await;
    erika.leave(left).await;
    erika.create_room("alone").await;
    erika.general().await;
    erika.connect().await.assert_alive().await;
    let path = format!("/users/{}", erika.id);
    let change = json!({"username": LAST_NAME, "email": LAST_EMAIL, "currentPassword": password});
    erika.patch(&path, &change).await.is(200);
    (erika.username, erika.email) = (LAST_NAME.into(), LAST_EMAIL.into());
    app.post("/auth/forgot-password", &json!({"email": LAST_EMAIL})).await.is(200);
    for room in [shared, own] {
        is_in(&bob, room, LAST_NAME, true).await;
    }
    assert_eq!(erika.send(shared, "Good-bye!").await.username, LAST_NAME);
    (bob, erika, shared)
}

async fn is_in(reader: &User, room: i64, name: &str, wanted: bool) {
    eventually("chat follows the accounts", async || {
        let room = reader.get(&format!("/rooms/{room}")).await.is(200).text();
        (room.contains(name) == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn nothing_of_a_deleted_account_is_in_the_files_but_its_name_on_messages() {
    let app = Topology::one_process().start().await;
    let (bob, erika, shared) = live(&app).await;
    let data_dir = app.data_dir();
    let hash = password_hash(&data_dir, &erika.id);
    let erased = [&ERASED[..], &[hash.as_str()]].concat();
    for word in &erased {
        assert!(is_in_files(&data_dir, word), "the premise: {word} was there");
    }

    erika.delete_account().await;
    is_in(&bob, shared, LAST_NAME, false).await;
    for word in &erased {
        until(&format!("{word} is gone"), async || !is_in_files(&data_dir, word)).await;
    }
    let told = bob.history(shared).await;
    assert_eq!(told.iter().map(|message| message.username.as_str()).collect::<Vec<_>>(), [LAST_NAME]);

    let chat = data_dir.join("chat.db");
    until("the room that nobody is left in is gone", async || {
        !tables_with(&cells(&chat), LAST_NAME).contains(&"rooms".into())
    })
    .await;
    let (auth, chat) = (cells(&data_dir.join("auth.db")), cells(&chat));
    assert!(tables_with(&auth, LAST_NAME).is_empty());
    // Who left a room is told to whoever missed it, for a day.
    assert_eq!(tables_with(&chat, LAST_NAME), ["member_changes", "messages"]);
    // An id says nothing by itself. It stays where it keeps a session from coming back, and an account.
    assert_eq!(tables_with(&auth, &erika.id), ["account_changes", "refresh_tokens"]);
    let live_sessions =
        auth.iter().filter(|cell| cell.table == "refresh_tokens" && cell.column == "revoked_at");
    let live_sessions = live_sessions.filter(|cell| cell.text == "NULL").count();
    assert_eq!(live_sessions, 1, "Bob's alone");
    let id = erika.id.replace('-', "");
    assert_eq!(tables_with(&chat, &id), ["member_changes", "messages", "user_revisions"]);
}

#[tokio::test]
async fn nothing_of_a_deleted_account_is_on_the_server_but_its_name_on_messages() {
    let (auth, chat) = (TestDatabase::new(Engine::MariaDb).await, TestDatabase::new(Engine::MariaDb).await);
    let settings =
        [("AUTH_DATABASE_URL", auth.url()), ("CHAT_DATABASE_URL", chat.url()), ("DB_SYNC", "true".into())];
    let topology = settings
        .into_iter()
        .fold(Topology::one_process(), |topology, (name, value)| topology.with(name, value));
    let app = topology.start().await;
    let (bob, erika, shared) = live(&app).await;
    assert!(dump(&auth).await.contains(LAST_EMAIL), "the premise");

    erika.delete_account().await;
    is_in(&bob, shared, LAST_NAME, false).await;
    until("the room that nobody is left in is gone", async || !dump(&chat).await.contains("'alone'")).await;
    let (auth, chat) = (dump(&auth).await, dump(&chat).await);
    for word in ERASED {
        assert!(!auth.contains(word) && !chat.contains(word), "{word}");
    }
    assert!(!auth.contains(LAST_NAME) && !auth.contains(&LAST_NAME.to_lowercase()));
    let named = chat.lines().filter(|line| line.contains(LAST_NAME));
    let mut tables: Vec<_> = named.map(|line| line.split('`').nth(1).unwrap_or(line)).collect();
    tables.dedup();
    assert_eq!(tables, ["member_changes", "messages"]);
}

/// What is swept in the background, a deleted room after ten seconds.
async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let mut rhythm = tokio::time::interval(Duration::from_millis(50));
    within(2 * PATIENCE, what, async {
        while !is_so().await {
            rhythm.tick().await;
        }
    })
    .await;
}

fn is_in_files(folder: &Path, word: &str) -> bool {
    let files = std::fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path());
    files.filter(|path| path.is_file()).any(|path| {
        // A log goes when it is emptied.
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(word.len()).any(|window| window == word.as_bytes())
    })
}

fn open(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("it opens")
}

fn password_hash(data_dir: &Path, user: &str) -> String {
    let ask = "SELECT password_hash FROM users WHERE id = ?";
    open(&data_dir.join("auth.db")).query_row(ask, [user], |row| row.get(0)).expect("the account is there")
}

struct Cell {
    table: String,
    column: String,
    /// Bytes in hex.
    text: String,
}

fn tables_with(cells: &[Cell], word: &str) -> Vec<String> {
    let word = word.to_lowercase();
    let found = cells.iter().filter(|cell| cell.text.to_lowercase().contains(&word));
    let mut tables: Vec<_> = found.map(|cell| cell.table.clone()).collect();
    tables.dedup();
    tables
}

/// All that is in any table, table by table.
fn cells(file: &Path) -> Vec<Cell> {
    let connection = open(file);
    let mut tables =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").expect("SQL");
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).expect("rows").map(|name| name.expect("a name")).collect();
    let mut cells = Vec::new();
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).expect("SQL");
        let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            for (nth, column) in columns.iter().enumerate() {
                let text = match row.get_ref(nth).expect("a column") {
                    ValueRef::Null => "NULL".to_owned(),
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Real(number) => number.to_string(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    ValueRef::Blob(bytes) => hex::encode(bytes),
                };
                cells.push(Cell { table: table.clone(), column: column.clone(), text });
            }
        }
    }
    cells
}

/// A statement for each row.
async fn dump(database: &TestDatabase) -> String {
    let mut command = Command::new("mariadb-dump");
    command.args(["--no-defaults", "--skip-extended-insert", "--hex-blob", "--protocol=tcp"]);
    command.args(["--host", &database.host, "--port", &database.port.to_string(), "--user", &database.user]);
    command.arg(&database.name).env("MYSQL_PWD", &database.password).kill_on_drop(true);
    let output = output_of("the database is dumped", command).await;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    output.stdout
}
