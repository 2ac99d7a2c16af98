//! A way past the pools to a SQLite file, for who writes so much that it counts: statements stay prepared, and none of
//! them waits for another thread.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags};
use sea_orm::DbErr;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::{Meter, errors::of_sqlite, sqlite};
use crate::fault_points;

/// Prepared statements that are kept.
const STATEMENTS_MAX: usize = 32;
/// Reads are short.
const EMPTYING_TRIES: u32 = 40;
const EMPTYING_PAUSE: Duration = Duration::from_millis(50);

/// A SQLite file, and whose turn it is to write to it: SQLite's own wait for its lock is not fair.
#[derive(Debug, Clone)]
pub struct Embedded {
    file: PathBuf,
    turn: Arc<Turn<()>>,
    /// None until it is used, and after a transaction whose end is not known.
    connection: Arc<Mutex<Option<Connection>>>,
    meter: Meter,
}

/// Why a transaction has no result.
#[derive(Debug)]
pub enum Failed<T> {
    /// Nothing was done.
    Undone(DbErr),
    /// The commit failed: all was done, or nothing.
    Unknown(DbErr, T),
}

impl Embedded {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.into(), turn: Arc::default(), connection: Arc::default(), meter: Meter::default() }
    }

    /// Shared with the pool that writes to the file.
    pub(super) fn meter(&self) -> &Meter {
        &self.meter
    }

    pub(super) async fn turn(&self) -> OwnedMutexGuard<()> {
        self.turn.clone().lock_owned().await
    }

    /// Runs `work` as one transaction, on a thread that may block; nobody else of this process writes meanwhile.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failed<T>> {
        let begun = Instant::now();
        let turn = self.turn().await;
        self.meter.waited(begun);
        let embedded = self.clone();
        let written = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            embedded.transact(work)
        });
        written.await.unwrap_or_else(|error| Err(Failed::Undone(DbErr::Custom(error.to_string()))))
    }

    /// Empties the log beside the file, which keeps what was there before until something else is written over it.
    /// `false`: somebody reads an earlier state, as a backup does.
    pub(super) async fn empty_log(&self) -> Result<bool, DbErr> {
        for _ in 0..EMPTYING_TRIES {
            let turn = self.turn().await;
            let file = self.file.clone();
            let emptied = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                try_to_empty_log(&file)
            });
            let emptied = emptied.await.map_err(|error| DbErr::Custom(error.to_string()))?;
            if emptied.map_err(of_sqlite)? {
                return Ok(true);
            }
            tokio::time::sleep(EMPTYING_PAUSE).await;
        }
        Ok(false)
    }

    fn transact<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Failed<T>> {
        let undone = |error| Failed::Undone(of_sqlite(error));
        let mut kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // Taken, so that a connection whose transaction did not end is closed, which rolls back.
        let connection = kept.take().map_or_else(|| self.open(), Ok).map_err(undone)?;
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            *kept = Some(connection);
            return Err(undone(error));
        }
        let result = match work(&connection) {
            Ok(result) => result,
            Err(error) => {
                // SQLite may have rolled back by itself.
                if connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok() {
                    *kept = Some(connection);
                }
                return Err(undone(error));
            }
        };
        fault_points::pass("before-commit");
        if let Err(error) = connection.execute_batch("COMMIT") {
            return Err(Failed::Unknown(of_sqlite(error), result));
        }
        fault_points::pass("after-commit");
        *kept = Some(connection);
        Ok(result)
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        let connection = Connection::open(&self.file)?;
        connection.busy_timeout(sqlite::ACQUIRE_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        Ok(connection)
    }
}

/// Waits for nobody: whoever writes would have to wait as well.
fn try_to_empty_log(file: &Path) -> rusqlite::Result<bool> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(Duration::ZERO)?;
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
        .map(|busy| busy == 0)
}

#[cfg(test)]
mod tests;
