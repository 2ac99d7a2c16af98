//! Bare inserts: the product's own rows once more, as a copy of its rooms, into the same table of the same database with
//! the same durability and in the same order, in transactions of the product's own batch size, one after the other, by a
//! loop that does nothing else.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::{Connection, types::Value};
use sqlx::{ConnectOptions, Connection as _, Executor, MySqlConnection, mysql::MySqlConnectOptions};

use crate::Outcome;

/// Rows are inserted again in other rooms: so much higher by id for each copy.
const COPY: i64 = 1 << 40;
/// Rows that are read back at most.
const ROWS_MAX: i64 = 200_000;
const COLUMNS: &str =
    "room_id, seq, user_id, username_snapshot, content, client_message_id, created_at, kind";
const COLUMN_COUNT: usize = 8;

#[derive(Debug, Clone)]
struct Row {
    room_id: i64,
    seq: i64,
    user_id: Vec<u8>,
    username_snapshot: String,
    content: String,
    client_message_id: String,
    created_at: i64,
    kind: String,
}

/// Rows a second into the file of a product that is stopped.
pub fn into_sqlite(file: &Path, batch: usize, lasts: Duration) -> Outcome<f64> {
    let mut connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let mut rows = copies(of_sqlite(&connection)?)?;
    let statement = insert(batch);
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < lasts {
        let transaction = connection.transaction()?;
        let values = rows.by_ref().take(batch).flat_map(values);
        transaction.prepare_cached(&statement)?.execute(rusqlite::params_from_iter(values))?;
        transaction.commit()?;
        count += batch;
    }
    Ok(per_second(count, begun))
}

/// Rows a second into the database of a product that is stopped, while its server runs on.
pub async fn into_mysql(url: &str, batch: usize, lasts: Duration) -> Outcome<f64> {
    let mut connection = url.parse::<MySqlConnectOptions>()?.connect().await?;
    connection.execute("SET NAMES utf8mb4").await?;
    let mut rows = copies(of_mysql(&mut connection).await?)?;
    let statement = insert(batch);
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < lasts {
        let mut transaction = connection.begin().await?;
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(statement.clone()));
        for row in rows.by_ref().take(batch) {
            insert = insert.bind(row.room_id).bind(row.seq).bind(row.user_id).bind(row.username_snapshot);
            insert = insert.bind(row.content).bind(row.client_message_id).bind(row.created_at).bind(row.kind);
        }
        insert.execute(&mut *transaction).await?;
        transaction.commit().await?;
        count += batch;
    }
    Ok(per_second(count, begun))
}

/// The columns in their order.
type Columns = (i64, i64, Vec<u8>, String, String, String, i64, String);

impl From<Columns> for Row {
    fn from(columns: Columns) -> Self {
        let (room_id, seq, user_id, username_snapshot, content, client_message_id, created_at, kind) =
            columns;
        Self { room_id, seq, user_id, username_snapshot, content, client_message_id, created_at, kind }
    }
}

fn of_sqlite(connection: &Connection) -> rusqlite::Result<Vec<Row>> {
    let mut select = connection.prepare(&select())?;
    let rows = select.query_map([], |row| Columns::try_from(row).map(Row::from))?;
    rows.collect()
}

async fn of_mysql(connection: &mut MySqlConnection) -> sqlx::Result<Vec<Row>> {
    let rows: Vec<Columns> = sqlx::query_as(sqlx::AssertSqlSafe(select())).fetch_all(connection).await?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// The rows in their order, over and over, each time as messages of other rooms.
fn copies(rows: Vec<Row>) -> Outcome<impl Iterator<Item = Row>> {
    if rows.is_empty() {
        return Err("the product has stored nothing to compare with".into());
    }
    let rows: Arc<[Row]> = rows.into();
    Ok((1..).flat_map(move |copy: i64| {
        let rows = rows.clone();
        (0..rows.len()).map(move |nth| {
            let row = rows[nth].clone();
            let client_message_id = format!("{copy}-{}", row.client_message_id);
            Row { room_id: row.room_id + copy * COPY, client_message_id, ..row }
        })
    }))
}

fn values(row: Row) -> [Value; COLUMN_COUNT] {
    [
        row.room_id.into(),
        row.seq.into(),
        row.user_id.into(),
        row.username_snapshot.into(),
        row.content.into(),
        row.client_message_id.into(),
        row.created_at.into(),
        row.kind.into(),
    ]
}

fn select() -> String {
    format!("SELECT {COLUMNS} FROM messages ORDER BY id LIMIT {ROWS_MAX}")
}

fn insert(rows: usize) -> String {
    let row = format!("({})", ["?"; COLUMN_COUNT].join(", "));
    format!("INSERT INTO messages ({COLUMNS}) VALUES {}", vec![row; rows].join(", "))
}

#[expect(clippy::cast_precision_loss, reason = "rows of some seconds are far below 2^52")]
fn per_second(rows: usize, begun: Instant) -> f64 {
    rows as f64 / begun.elapsed().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_a_row_for_each_message() {
        assert_eq!(insert(2).matches("(?, ?, ?, ?, ?, ?, ?, ?)").count(), 2);
    }

    #[test]
    fn no_copy_has_a_place_or_an_id_of_another() {
        let row = |seq: i64| Row {
            room_id: 7,
            seq,
            user_id: vec![1],
            username_snapshot: "anna".into(),
            content: "hi".into(),
            client_message_id: format!("c{seq}"),
            created_at: 1,
            kind: "TEXT".into(),
        };
        let copied: Vec<Row> = copies(vec![row(1), row(2)]).expect("rows").take(6).collect();
        let places: std::collections::BTreeSet<_> = copied.iter().map(|row| (row.room_id, row.seq)).collect();
        let ids: std::collections::BTreeSet<_> = copied.iter().map(|row| &row.client_message_id).collect();
        assert_eq!((places.len(), ids.len()), (6, 6));
        assert!(copied.iter().all(|row| row.room_id > COPY));
    }
}
