//! How the database goes about what it is asked: by an index, and the same way in a room with many messages and for a
//! user with many rooms. What is explained are the statements that were asked, with their values.

use std::{
    collections::BTreeSet,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use kit::db::Database;
use protocol::{ClientMessageId, RoomId, Seq, seams::Draft};
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};

use crate::app::{TestApp, TestUser};

const FEW: i64 = 3;
const MANY_MESSAGES: i64 = 4000;
const MANY_ROOMS: i64 = 500;
/// A user with many rooms is in few of all.
const ALL_ROOMS: i64 = 10_000;
/// Other members of each room: rooms of one user are a small part of all memberships.
const OTHERS: i64 = 30;
/// Ids of rooms that the test makes up.
const FIRST_ROOM: i64 = 1000;
const ROWS_AT_ONCE: usize = 500;

/// What is asked now and then, without anybody's request: how far accounts were followed, and what there is to sweep.
const OF_NOBODY: [&str; 3] = ["cursors", "member_changes", "IS NOT NULL"];

/// What SQLite's writer asked, past the pools; its hook takes a function without a state.
static WRITTEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Installation {
    app: TestApp,
    heard: Arc<Mutex<Vec<Statement>>>,
    /// Connections guess by how much there was when they began; these began when all was there.
    explainer: Option<Database>,
    /// In the small and the large room and few others.
    alice: TestUser,
    small: RoomId,
    large: RoomId,
    /// In many rooms.
    carol: TestUser,
}

#[tokio::test]
async fn a_page_is_read_the_same_way_in_a_large_room() {
    let installation = Installation::new().await;
    let [small, large] = [installation.small, installation.large];
    // The newest last: memory keeps them, and nothing is asked for what it has.
    for query in ["?before=3&limit=2", "?after=1&limit=2", ""] {
        installation.read(small, query).await;
        let few = installation.plan().await;
        installation.read(large, query).await;
        assert_eq!(installation.plan().await, few, "GET /messages{query}");
    }
    for limit in [1, 200] {
        chat::messages::after(&installation.app.chat, small, Seq(1), limit).await.unwrap();
        let few = installation.plan().await;
        chat::messages::after(&installation.app.chat, large, Seq(1), limit).await.unwrap();
        assert_eq!(installation.plan().await, few, "after, at most {limit}");
    }
}

#[tokio::test]
async fn a_message_is_stored_the_same_way_in_a_large_room() {
    let installation = Installation::new().await;
    installation.listen_to_the_writer().await;
    installation.send(installation.small).await;
    let few = installation.plan().await;
    installation.send(installation.large).await;
    assert_eq!(installation.plan().await, few);
}

#[tokio::test]
async fn rooms_are_listed_the_same_way_for_a_user_with_many() {
    let installation = Installation::new().await;
    let rooms = installation.alice.my_rooms().await;
    assert_eq!(rooms.len(), 2);
    let few = installation.plan().await;
    assert_eq!(installation.carol.my_rooms().await.len(), usize::try_from(MANY_ROOMS).unwrap());
    assert_eq!(installation.plan().await, few);
}

impl Installation {
    async fn new() -> Self {
        let heard = Arc::<Mutex<Vec<Statement>>>::default();
        let listener = heard.clone();
        let app = TestApp::start_heard(move |statement| lock(&listener).push(statement.clone())).await;
        let (alice, carol) = (app.user("alice"), app.user("carol"));
        let small = alice.create_room("small").await;
        let large = alice.create_room("large").await;
        let mut installation = Self { app, heard, explainer: None, alice, small, large, carol };
        installation.fill().await;
        installation.explainer = Some(installation.app.open_again().await);
        lock(&installation.heard).clear();
        installation
    }

    async fn fill(&self) {
        let (alice, carol) = (literal(&self.alice), literal(&self.carol));
        let message = |room: i64, seq: i64| {
            format!("({room}, {seq}, {alice}, 'alice', 'TEXT', 'hello', 'client-{room}-{seq}', {seq})")
        };
        let rooms = FIRST_ROOM..FIRST_ROOM + MANY_ROOMS;
        let messages = (1..=FEW).map(|seq| message(self.small.0, seq));
        let messages = messages.chain((1..=MANY_MESSAGES).map(|seq| message(self.large.0, seq)));
        let messages = messages.chain(rooms.clone().map(|room| message(room, 1)));
        let columns =
            "room_id, seq, user_id, username_snapshot, kind, content, client_message_id, created_at";
        self.insert("messages", columns, messages).await;

        let named = |room| format!("({room}, 'room', 'one of many', 1, {OTHERS}, 0, 0)");
        let columns = "id, kind, name, last_seq, members_rev, details_rev, created_at";
        self.insert("rooms", columns, (FIRST_ROOM..FIRST_ROOM + ALL_ROOMS).map(named)).await;
        for (room, last_seq) in [(self.small, FEW), (self.large, MANY_MESSAGES)] {
            self.execute(&format!("UPDATE rooms SET last_seq = {last_seq} WHERE id = {room}")).await;
        }

        let member = |room: i64, user: &str| format!("({room}, {user}, 'somebody', 'member', 0, 0)");
        let members = rooms.flat_map(|room| {
            let others = (0..OTHERS).map(move |n| format!("X'{:032x}'", 1 + room % 7 * OTHERS + n));
            others.chain([carol.clone()]).map(move |user| member(room, &user))
        });
        let columns = "room_id, user_id, username_snapshot, role, last_read_seq, joined_at";
        self.insert("room_members", columns, members).await;

        self.execute(match self.app.db.reader.get_database_backend() {
            DbBackend::Sqlite => "ANALYZE",
            _ => "ANALYZE TABLE rooms, room_members, messages, user_revisions",
        })
        .await;
    }

    async fn insert(&self, table: &str, columns: &str, rows: impl Iterator<Item = String>) {
        let rows: Vec<_> = rows.collect();
        for part in rows.chunks(ROWS_AT_ONCE) {
            self.execute(&format!("INSERT INTO {table} ({columns}) VALUES {}", part.join(", "))).await;
        }
    }

    async fn execute(&self, sql: &str) {
        self.app.db.writer.execute_unprepared(sql).await.unwrap();
    }

    async fn listen_to_the_writer(&self) {
        let Some(file) = self.app.db.embedded() else { return };
        let listen = |event: TraceEvent<'_>| {
            if let TraceEvent::Stmt(statement, _) = event {
                lock(&WRITTEN).extend(statement.expanded_sql());
            }
        };
        let traced = file.write(move |connection| {
            connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(listen));
            Ok(())
        });
        traced.await.unwrap();
    }

    async fn read(&self, room: RoomId, query: &str) {
        let answer = self.alice.get(&format!("/messages/{room}{query}")).await;
        assert!(!answer.ok::<Vec<protocol::Message>>().is_empty());
    }

    /// A new message, and the same again.
    async fn send(&self, room: RoomId) {
        let client_message_id = ClientMessageId::random();
        for is_repeat in [false, true] {
            let draft = Draft {
                sender: self.alice.sender(),
                room_id: room,
                content: "hello".into(),
                client_message_id: client_message_id.clone(),
            };
            let sent = chat::messages::send(&self.app.chat, vec![draft]).await.remove(0).unwrap();
            assert_eq!(sent.duplicate, is_repeat);
        }
    }

    /// The steps by which the database finds the rows of all that was asked since the last time.
    async fn plan(&self) -> BTreeSet<String> {
        let backend = self.app.db.reader.get_database_backend();
        let written = mem::take(&mut *lock(&WRITTEN));
        let written = written.into_iter().map(|sql| Statement::from_string(backend, sql));
        let statements: Vec<_> = mem::take(&mut *lock(&self.heard)).into_iter().chain(written).collect();
        let mut steps = BTreeSet::new();
        for statement in statements.into_iter().filter(finds_rows) {
            let found = explain(self.explainer.as_ref().unwrap(), &statement).await;
            assert!(!found.iter().any(Step::is_slow), "{statement}: {found:#?}");
            steps.extend(found.into_iter().map(|step| step.what));
        }
        assert!(!steps.is_empty(), "nothing was asked");
        steps
    }
}

fn finds_rows(statement: &Statement) -> bool {
    let finds = ["SELECT", "UPDATE", "DELETE"].iter().any(|verb| statement.sql.starts_with(verb));
    finds && !OF_NOBODY.iter().any(|part| statement.sql.contains(part))
}

#[derive(Debug)]
struct Step {
    /// A table and the index by which its rows are found.
    what: String,
    /// How it is gone about; MariaDB says `ref` or `range` of the same index as it guesses how many rows there are.
    how: String,
}

impl Step {
    /// Reads a whole table or index, or sorts what it has read.
    fn is_slow(&self) -> bool {
        let is_scan = ["SCAN ", "ALL ", "index "].iter().any(|scan| self.how.starts_with(scan));
        is_scan || ["TEMP B-TREE", "filesort", "temporary"].iter().any(|sort| self.how.contains(sort))
    }
}

async fn explain(db: &Database, statement: &Statement) -> Vec<Step> {
    let is_sqlite = statement.db_backend == DbBackend::Sqlite;
    let explain = if is_sqlite { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
    let explained = Statement { sql: format!("{explain} {}", statement.sql), ..statement.clone() };
    let rows = db.reader.query_all_raw(explained).await.unwrap();
    if is_sqlite {
        let steps = rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap());
        // Of several parts of an OR each is a step of its own.
        let steps = steps.filter(|step| step != "MULTI-INDEX OR" && !step.starts_with("INDEX "));
        return steps.map(|step| Step { what: step.clone(), how: step }).collect();
    }
    let text = |row: &QueryResult, name| row.try_get::<Option<String>>("", name).unwrap().unwrap_or_default();
    let step = |row: &QueryResult| {
        let [table, how, key, extra] = ["table", "type", "key", "Extra"].map(|name| text(row, name));
        Step { what: format!("{table} by {key}"), how: format!("{how} ({extra})") }
    };
    rows.iter().map(step).collect()
}

fn literal(user: &TestUser) -> String {
    format!("X'{}'", user.id.0.simple())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
