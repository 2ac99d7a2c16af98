//! Connections to a SQLite file: WAL, every commit on the disk before it is answered, and zeros where something was deleted.

use std::{fs::OpenOptions, io, os::unix::fs::OpenOptionsExt, path::Path, time::Duration};

use sea_orm::{
    ConnectOptions,
    sqlx::{
        Connection,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes the file, for its owner only, where it is not there yet; SQLite gives the files beside it the same mode. Its
/// folder may be an old one that everybody can look into.
pub fn make_private(file: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(file).map(|_| ())
}

/// A connection that came back within a transaction is closed. That happens: when the disk is full or fails, SQLite
/// rolls back by itself, the rollback that follows is an error, and the library goes on counting a transaction that
/// is gone. The next one would become a savepoint of it, and its commit would commit nothing.
pub fn options(file: &Path, connections_max: u32) -> ConnectOptions {
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
                .pragma("secure_delete", "ON")
                .busy_timeout(ACQUIRE_TIMEOUT)
        });
    options
}
