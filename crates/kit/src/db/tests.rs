//! What holds on SQLite; MySQL has its own in `tests/`.

use std::os::unix::fs::PermissionsExt;

use sea_orm::{Statement, TransactionTrait};

use super::*;

#[tokio::test]
async fn its_files_are_for_their_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_sqlite(&folder.path().join("some.db")).await.unwrap();
    db.writer.execute_unprepared("CREATE TABLE t (bytes BLOB)").await.unwrap();
    let files: Vec<_> = folder.path().read_dir().unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 3, "the file, its log and its index: {files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[tokio::test]
async fn what_is_committed_after_the_disk_was_full_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_sqlite(&folder.path().join("small.db")).await.unwrap();
    db.writer.execute_unprepared("CREATE TABLE t (bytes BLOB)").await.unwrap();
    db.writer.execute_unprepared("PRAGMA max_page_count = 4").await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO t VALUES (zeroblob(65536))").await.unwrap_err();
    assert!(tx.rollback().await.is_err(), "SQLite has rolled back by itself");

    // One that is given up, as a refused request does, then one that counts.
    db.begin().await.unwrap().rollback().await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("INSERT INTO t VALUES ('here')").await.unwrap();
    tx.commit().await.unwrap();
    let rows =
        db.reader.query_all_raw(Statement::from_string(db.reader.get_database_backend(), "SELECT * FROM t"));
    assert_eq!(rows.await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_full_disk_is_a_passing_state() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_sqlite(&folder.path().join("small.db")).await.unwrap();
    db.writer.execute_unprepared("CREATE TABLE t (bytes BLOB)").await.unwrap();
    db.writer.execute_unprepared("PRAGMA max_page_count = 4").await.unwrap();
    let insert = "INSERT INTO t VALUES (zeroblob(65536))";
    assert!(is_transient(&db.writer.execute_unprepared(insert).await.unwrap_err()));
    db.writer.execute_unprepared("PRAGMA max_page_count = 4000").await.unwrap();
    db.writer.execute_unprepared(insert).await.unwrap();
    assert!(!is_transient(
        &db.writer.execute_unprepared("INSERT INTO nowhere VALUES (1)").await.unwrap_err()
    ));
}

#[tokio::test]
async fn what_was_deleted_is_nowhere_in_the_files_once_they_are_purged() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open_sqlite(&folder.path().join("some.db")).await.unwrap();
    let has = |words: &str| {
        let files =
            folder.path().read_dir().unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
        files.into_iter().any(|bytes| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
    };
    db.writer.execute_unprepared("CREATE TABLE t (n INTEGER, text TEXT)").await.unwrap();
    db.writer.execute_unprepared("INSERT INTO t VALUES (1, 'stays here'), (2, 'goes away')").await.unwrap();
    assert!(db.purge().await.unwrap() && has("goes away"));
    db.writer.execute_unprepared("DELETE FROM t WHERE n = 2").await.unwrap();
    let reading = db.reader.patient().begin().await.unwrap();
    reading.execute_unprepared("SELECT * FROM t").await.unwrap();
    db.writer.execute_unprepared("INSERT INTO t VALUES (3, 'newer')").await.unwrap();
    assert!(!db.purge().await.unwrap(), "somebody reads what was there");
    reading.rollback().await.unwrap();

    assert!(db.purge().await.unwrap());
    assert!(has("stays here") && !has("goes away"));
}
