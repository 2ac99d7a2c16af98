//! What the connections to a database are measured by.

use std::time::Instant;

use sea_orm::{DatabaseConnection, DatabaseConnectionType, sqlx};

use crate::metrics::{Histogram, SECONDS};

/// Which connections of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    Reader,
    Writer,
}

impl Pool {
    pub const BOTH: [Self; 2] = [Self::Reader, Self::Writer];

    pub fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Writer => "writer",
        }
    }
}

#[derive(Debug, Clone)]
pub struct Meter {
    /// Of each statement, its wait for a connection included.
    pub statements: Histogram,
    /// Until a transaction that writes has begun.
    pub waits: Histogram,
}

impl Default for Meter {
    fn default() -> Self {
        Self { statements: Histogram::new(SECONDS), waits: Histogram::new(SECONDS) }
    }
}

impl Meter {
    pub(super) fn asked(&self, since: Instant) {
        self.statements.observe(since.elapsed().as_secs_f64());
    }

    pub(super) fn waited(&self, since: Instant) {
        self.waits.observe(since.elapsed().as_secs_f64());
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Connections {
    pub used: u32,
    pub idle: u32,
    pub max: u32,
}

impl Connections {
    pub(super) fn of(connection: &DatabaseConnection) -> Self {
        match &connection.inner {
            DatabaseConnectionType::SqlxMySqlPoolConnection(_) => {
                Self::in_pool(connection.get_mysql_connection_pool())
            }
            DatabaseConnectionType::SqlxSqlitePoolConnection(_) => {
                Self::in_pool(connection.get_sqlite_connection_pool())
            }
            DatabaseConnectionType::Disconnected => Self::default(),
        }
    }

    fn in_pool<D: sqlx::Database>(pool: &sqlx::Pool<D>) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self { used: pool.size().saturating_sub(idle), idle, max: pool.options().get_max_connections() }
    }
}
