//! The database of a service: one handle for reads, one for writes, and its migrations.

mod copies;
mod embedded;
mod errors;
mod handle;
mod meter;
mod migrations;
mod mysql;
pub mod schema;
pub mod shapes;
mod sqlite;
mod url;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use protocol::Timestamp;
use sea_orm::{ConnectionTrait, Database as SeaOrm, DbErr, RuntimeErr, Statement};

use crate::{Error, Kind, Result as KitResult};

pub use copies::{Progress, SqliteCopy};
pub use embedded::{Embedded, Failed};
pub use errors::{is_about_a_row, is_away, is_contention, is_transient, violated_constraint};
pub use handle::{Handle, Transaction};
pub use meter::{Connections, Meter, Pool};
pub use migrations::Schema;
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
    pub reader: Handle,
    pub writer: Handle,
    embedded: Option<Embedded>,
    /// What the last ping came to.
    is_up: Arc<AtomicBool>,
}

impl Database {
    pub async fn open(url: &DatabaseUrl) -> Result<Self, DbErr> {
        match url {
            DatabaseUrl::Sqlite(file) => Self::open_sqlite(file).await,
            DatabaseUrl::MySql(server) => {
                let writer = SeaOrm::connect(mysql::options(server, MYSQL_WRITERS_MAX)).await?;
                let reader = SeaOrm::connect(mysql::options(server, MYSQL_READERS_MAX)).await?;
                let handle = |connection| Handle::new(connection, mysql::STATEMENT_TIMEOUT, None);
                Ok(Self::of(handle(reader), handle(writer), None))
            }
        }
    }

    /// Opens or creates one SQLite file.
    pub async fn open_sqlite(file: &Path) -> Result<Self, DbErr> {
        sqlite::make_private(file).map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))?;
        let writer = SeaOrm::connect(sqlite::options(file, 1)).await?;
        let reader = SeaOrm::connect(sqlite::options(file, SQLITE_READERS_MAX)).await?;
        // A file does not fall silent, and its own lock has a deadline.
        let embedded = Embedded::new(file);
        let reader = Handle::new(reader, Duration::MAX, None);
        let writer = Handle::new(writer, Duration::MAX, Some(embedded.clone()));
        Ok(Self::of(reader, writer, Some(embedded)))
    }

    /// It has answered: it was connected to.
    fn of(reader: Handle, writer: Handle, embedded: Option<Embedded>) -> Self {
        Self { reader, writer, embedded, is_up: Arc::new(AtomicBool::new(true)) }
    }

    pub fn handle(&self, pool: Pool) -> &Handle {
        match pool {
            Pool::Reader => &self.reader,
            Pool::Writer => &self.writer,
        }
    }

    /// `None` where the database is a server.
    pub fn embedded(&self) -> Option<&Embedded> {
        self.embedded.as_ref()
    }

    /// What was deleted is nowhere in the files from here on; a server sees to that itself. `false`: not now, somebody
    /// reads an earlier state.
    pub async fn purge(&self) -> Result<bool, DbErr> {
        match &self.embedded {
            Some(embedded) => embedded.empty_log().await,
            None => Ok(true),
        }
    }

    /// Begins a transaction that will write. SQLite takes its lock here: taken later, after a read, it could only
    /// fail when another process wrote in between.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        self.writer.begin().await
    }

    /// One connection to a server, and what it is told: the pools say only that their time was up. Files are not touched.
    pub async fn knock(url: &DatabaseUrl) -> Result<(), DbErr> {
        match url {
            DatabaseUrl::Sqlite(_) => Ok(()),
            DatabaseUrl::MySql(server) => mysql::knock(server).await,
        }
    }

    /// What time it is on the server; `None` where the database is a file.
    pub async fn time(&self) -> Result<Option<Timestamp>, DbErr> {
        let backend = self.reader.get_database_backend();
        if self.embedded.is_some() {
            return Ok(None);
        }
        let ask = "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";
        let row = self.reader.query_one_raw(Statement::from_string(backend, ask)).await?;
        row.map(|row| row.try_get_by_index(0).map(Timestamp)).transpose()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), DbErr> {
        let answer = self.reader.execute_unprepared("SELECT 1").await.map(|_| ());
        self.is_up.store(answer.is_ok(), Ordering::Release);
        answer
    }

    /// The same for whoever asks every few seconds and cannot wait: no answer within `patience` is none.
    pub async fn answers_within(&self, patience: Duration) -> bool {
        let Ok(answer) = tokio::time::timeout(patience, self.ping()).await else {
            self.is_up.store(false, Ordering::Release);
            return false;
        };
        answer.is_ok()
    }

    /// Whether it answered when it was last asked by a ping.
    pub fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Acquire)
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
