//! Bare inserts: the same rows into the same table of the same database with the same durability, in transactions of
//! the product's own batch size, one after the other, by a loop that does nothing else.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, types::Value};
use sqlx::{ConnectOptions, Connection as _, Executor, mysql::MySqlConnectOptions};

use crate::Outcome;

/// What is not a room of the product.
const ROOM: i64 = 1 << 40;
const COLUMNS: &str =
    "room_id, seq, user_id, username_snapshot, kind, content, file_url, client_message_id, created_at";
const COLUMN_COUNT: usize = 9;

/// Rows a second into the file of a product that is stopped.
pub fn into_sqlite(file: &Path, batch: usize, text: &str, lasts: Duration) -> Outcome<f64> {
    let mut connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let statement = statement(batch);
    let user = uuid::Uuid::new_v4().into_bytes().to_vec();
    let begun = Instant::now();
    let mut seq = 0;
    while begun.elapsed() < lasts {
        let mut values: Vec<Value> = Vec::with_capacity(batch * COLUMN_COUNT);
        for _ in 0..batch {
            seq += 1;
            values.extend([ROOM.into(), seq.into(), user.clone().into(), "person00001".to_owned().into()]);
            values.extend(["TEXT".to_owned().into(), text.to_owned().into(), Value::Null]);
            values.extend([format!("bench-{seq}").into(), (1_700_000_000_000 + seq).into()]);
        }
        let transaction = connection.transaction()?;
        transaction.prepare_cached(&statement)?.execute(rusqlite::params_from_iter(values))?;
        transaction.commit()?;
    }
    Ok(per_second(seq, begun))
}

/// Rows a second into the database of a product that is stopped, while its server runs on.
pub async fn into_mysql(url: &str, batch: usize, text: &str, lasts: Duration) -> Outcome<f64> {
    let mut connection = url.parse::<MySqlConnectOptions>()?.connect().await?;
    connection.execute("SET NAMES utf8mb4").await?;
    let statement = statement(batch);
    let user = uuid::Uuid::new_v4().into_bytes().to_vec();
    let begun = Instant::now();
    let mut seq = 0;
    while begun.elapsed() < lasts {
        let mut transaction = connection.begin().await?;
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(statement.clone()));
        for _ in 0..batch {
            seq += 1;
            insert = insert.bind(ROOM).bind(seq).bind(&user).bind("person00001").bind("TEXT").bind(text);
            insert = insert.bind(None::<&str>).bind(format!("bench-{seq}")).bind(1_700_000_000_000 + seq);
        }
        insert.execute(&mut *transaction).await?;
        transaction.commit().await?;
    }
    Ok(per_second(seq, begun))
}

fn statement(rows: usize) -> String {
    let row = format!("({})", ["?"; COLUMN_COUNT].join(", "));
    format!("INSERT INTO messages ({COLUMNS}) VALUES {}", vec![row; rows].join(", "))
}

#[expect(clippy::cast_precision_loss, reason = "rows of some seconds are far below 2^52")]
fn per_second(rows: i64, begun: Instant) -> f64 {
    rows as f64 / begun.elapsed().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_a_row_for_each_message() {
        assert_eq!(statement(2).matches("(?, ?, ?, ?, ?, ?, ?, ?, ?)").count(), 2);
    }
}
