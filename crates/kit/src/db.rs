//! The database of a service: one handle for reads, one for writes, and its migrations.

use std::{fs::OpenOptions, io, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as SeaOrm, DatabaseConnection, DatabaseTransaction, DbErr,
    RuntimeErr, SqlErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::{
        self, Connection,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use sea_orm_migration::MigratorTrait;

/// SQLite has one writer at a time: a pool of one queues in the process instead of failing in the database.
const SQLITE_READERS_MAX: u32 = 4;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
pub struct Database {
    pub reader: DatabaseConnection,
    pub writer: DatabaseConnection,
}

impl Database {
    /// Opens or creates one SQLite file: WAL, and every commit on the disk before it is answered.
    pub async fn open_sqlite(file: &Path) -> Result<Self, DbErr> {
        make_private(file).map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        let writer = SeaOrm::connect(sqlite_options(file, 1)).await?;
        let reader = SeaOrm::connect(sqlite_options(file, SQLITE_READERS_MAX)).await?;
        Ok(Self { reader, writer })
    }

    /// Applies what is missing; safe to repeat.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        M::up(&self.writer, None).await
    }

    /// Begins a transaction that will write. SQLite takes its lock here: taken later, after a read, it could only
    /// fail when another process wrote in between.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.execute_unprepared("SELECT 1").await.map(|_| ())
    }

    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// Makes the file, for its owner only, where it is not there yet; SQLite gives the files beside it the same mode. Its
/// folder may be an old one that everybody can look into.
fn make_private(file: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(file).map(|_| ())
}

/// A connection that came back within a transaction is closed. That happens: when the disk is full or fails, SQLite
/// rolls back by itself, the rollback that follows is an error, and the library goes on counting a transaction that
/// is gone. The next one would become a savepoint of it, and its commit would commit nothing.
fn sqlite_options(file: &Path, connections_max: u32) -> ConnectOptions {
    // The path is set on sqlx's own options: in a URL it would need escaping.
    let file = file.to_owned();
    let mut options = ConnectOptions::new("sqlite:");
    options
        .max_connections(connections_max)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            let is_clean = !connection.is_in_transaction();
            Box::pin(std::future::ready(Ok(is_clean)))
        })
        .map_sqlx_sqlite_opts(move |options| {
            options
                .filename(&file)
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(ACQUIRE_TIMEOUT)
        });
    options
}

/// The unique constraint that was violated, as the engine names it: SQLite `table.column`, MySQL its key.
pub fn violated_constraint(error: &DbErr) -> Option<String> {
    match error.sql_err()? {
        // MySQL puts the offending value first; the key's name comes last.
        SqlErr::UniqueConstraintViolation(text) => {
            Some(text.rsplit(['\'', ':']).find(|part| !part.trim().is_empty())?.trim().into())
        }
        _ => None,
    }
}

/// Whether another try may succeed: the database is away, busy, its disk full, or all connections are in use.
pub fn is_transient(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match error.as_ref() {
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
                // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR and SQLITE_FULL with their extended codes.
                sqlx::Error::Database(error) => error
                    .code()
                    .and_then(|code| code.parse::<i64>().ok())
                    .is_some_and(|code| matches!(code & 0xff, 5 | 6 | 10 | 13)),
                _ => false,
            }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use sea_orm::Statement;

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
        let rows = db
            .reader
            .query_all_raw(Statement::from_string(db.reader.get_database_backend(), "SELECT * FROM t"));
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
}
