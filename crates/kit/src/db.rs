//! The database of a service: one handle for reads, one for writes, and its migrations.

mod errors;
mod migrations;
mod mysql;
pub mod schema;
mod sqlite;
mod url;

use std::{path::Path, time::Duration};

use sea_orm::{
    ConnectionTrait, Database as SeaOrm, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use crate::{Error, Kind, Result as KitResult};

pub use errors::{is_about_a_row, is_away, is_contention, is_transient, violated_constraint};
pub use url::{DatabaseUrl, MYSQL_PORT, MySqlParts, Tls};

/// SQLite has one writer at a time: a pool of one queues in the process instead of failing in the database.
const SQLITE_READERS_MAX: u32 = 4;
/// MySQL takes 151 connections by default: four processes on each of two databases leave room.
const MYSQL_READERS_MAX: u32 = 8;
const MYSQL_WRITERS_MAX: u32 = 8;
const ATTEMPTS_MAX: u32 = 5;
const FIRST_BACKOFF: Duration = Duration::from_millis(5);

#[derive(Debug, Clone)]
pub struct Database {
    pub reader: DatabaseConnection,
    pub writer: DatabaseConnection,
}

impl Database {
    pub async fn open(url: &DatabaseUrl) -> Result<Self, DbErr> {
        match url {
            DatabaseUrl::Sqlite(file) => Self::open_sqlite(file).await,
            DatabaseUrl::MySql(server) => Ok(Self {
                writer: SeaOrm::connect(mysql::options(server, MYSQL_WRITERS_MAX)).await?,
                reader: SeaOrm::connect(mysql::options(server, MYSQL_READERS_MAX)).await?,
            }),
        }
    }

    /// Opens or creates one SQLite file.
    pub async fn open_sqlite(file: &Path) -> Result<Self, DbErr> {
        sqlite::make_private(file).map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        let writer = SeaOrm::connect(sqlite::options(file, 1)).await?;
        let reader = SeaOrm::connect(sqlite::options(file, SQLITE_READERS_MAX)).await?;
        Ok(Self { reader, writer })
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

/// Runs a transaction, from its begin to its commit, again where another one was in its way. A commit whose answer was
/// lost is not repeated: it may have been done.
pub async fn retrying<T, W>(transaction: impl Fn() -> W) -> KitResult<T>
where
    W: Future<Output = KitResult<T>>,
{
    let mut backoff = FIRST_BACKOFF;
    for _ in 1..ATTEMPTS_MAX {
        match transaction().await {
            Err(Error::Refused(refusal)) if refusal.kind == Kind::Contended => {
                tokio::time::sleep(backoff).await;
                backoff *= 4;
            }
            result => return result,
        }
    }
    transaction().await
}

#[cfg(test)]
mod tests;
