use sea_orm::{ConnectionTrait, Statement};

use super::*;
use crate::db::{Database, is_about_a_row, is_transient};

async fn database() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_sqlite(&folder.path().join("some.db")).await.unwrap();
    db.writer.execute_unprepared("CREATE TABLE t (n INTEGER UNIQUE, bytes BLOB)").await.unwrap();
    (folder, db)
}

async fn count(db: &Database) -> i64 {
    let count = Statement::from_string(db.reader.get_database_backend(), "SELECT COUNT(*) FROM t");
    db.reader.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

fn insert(n: i64) -> impl FnOnce(&Connection) -> rusqlite::Result<usize> + Send + 'static {
    move |connection| connection.execute("INSERT INTO t VALUES (?, NULL)", [n])
}

#[tokio::test]
async fn a_transaction_that_fails_leaves_nothing_and_the_next_one_counts() {
    let (_folder, db) = database().await;
    let file = db.embedded().unwrap();
    let twice = |connection: &Connection| insert(1)(connection).and_then(|_| insert(1)(connection));
    let Err(Failed::Undone(error)) = file.write(twice).await else { panic!("the same number twice") };
    assert!(is_about_a_row(&error) && !is_transient(&error), "{error}");
    assert_eq!(count(&db).await, 0);
    file.write(insert(1)).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn what_is_committed_after_the_disk_was_full_is_there() {
    let (_folder, db) = database().await;
    let file = db.embedded().unwrap();
    file.write(|connection| connection.execute_batch("PRAGMA max_page_count = 6")).await.unwrap();
    let large = |connection: &Connection| connection.execute("INSERT INTO t VALUES (1, zeroblob(65536))", []);
    let Err(Failed::Undone(error)) = file.write(large).await else { panic!("it does not fit") };
    assert!(is_transient(&error), "{error}");
    file.write(insert(2)).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn a_panic_within_a_transaction_leaves_nothing() {
    let (_folder, db) = database().await;
    let file = db.embedded().unwrap();
    let panics = |connection: &Connection| -> rusqlite::Result<()> {
        insert(1)(connection)?;
        panic!("on purpose")
    };
    assert!(matches!(file.write(panics).await, Err(Failed::Undone(_))));
    assert_eq!(count(&db).await, 0);
    file.write(insert(1)).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn writers_past_the_pools_and_through_them_take_turns() {
    let (_folder, db) = database().await;
    let file = db.embedded().unwrap();
    // Neither waits for SQLite's own lock: that would be an error at once.
    file.write(|connection| connection.execute_batch("PRAGMA busy_timeout = 0")).await.unwrap();
    db.writer.execute_unprepared("PRAGMA busy_timeout = 0").await.unwrap();
    let through = async {
        for n in 0..50 {
            let tx = db.begin().await.unwrap();
            tx.execute_unprepared(&format!("INSERT INTO t VALUES ({n}, NULL)")).await.unwrap();
            tx.commit().await.unwrap();
            db.writer
                .execute_unprepared(&format!("INSERT INTO t VALUES ({}, NULL)", 1000 + n))
                .await
                .unwrap();
        }
    };
    let past = async {
        for n in 100..150 {
            file.write(insert(n)).await.unwrap();
        }
    };
    tokio::join!(through, past);
    assert_eq!(count(&db).await, 150);
}
