//! A way past the pools to a SQLite file, for who writes so much that it counts: statements stay prepared, and none of
//! them waits for another thread.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;
use sea_orm::DbErr;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::{errors::of_sqlite, sqlite};
use crate::fault_points;

/// Prepared statements that are kept.
const STATEMENTS_MAX: usize = 32;

/// A SQLite file, and whose turn it is to write to it: SQLite's own wait for its lock is not fair.
#[derive(Debug, Clone)]
pub struct Embedded {
    file: PathBuf,
    turn: Arc<Turn<()>>,
    /// None until it is used, and after a transaction whose end is not known.
    connection: Arc<Mutex<Option<Connection>>>,
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
        Self { file: file.into(), turn: Arc::default(), connection: Arc::default() }
    }

    pub(super) async fn turn(&self) -> OwnedMutexGuard<()> {
        self.turn.clone().lock_owned().await
    }

    /// Runs `work` as one transaction, on a thread that may block; nobody else of this process writes meanwhile.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Failed<T>> {
        let turn = self.turn().await;
        let embedded = self.clone();
        let written = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            embedded.transact(work)
        });
        written.await.unwrap_or_else(|error| Err(Failed::Undone(DbErr::Custom(error.to_string()))))
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
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        Ok(connection)
    }
}

#[cfg(test)]
mod tests;
