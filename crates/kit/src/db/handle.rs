//! Connections and transactions whose every statement has a deadline: a server that takes connections and answers nothing
//! must keep nobody for ever. What was asked may have been done nevertheless, as with a connection that breaks.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, sqlx,
};
use sea_orm_migration::async_trait::async_trait;
use tokio::sync::OwnedMutexGuard;

use super::{Connections, Embedded, Meter};
use crate::fault_points;

/// Connections to one database, shared by all clones.
#[derive(Debug, Clone)]
pub struct Handle {
    connection: DatabaseConnection,
    deadline: Duration,
    /// Whose turn it is to write, where one at a time can.
    turns: Option<Embedded>,
    meter: Meter,
}

/// Rolled back when it is dropped.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    deadline: Duration,
    meter: Meter,
    /// The server did not answer: nothing more is asked of it.
    is_lost: AtomicBool,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Handle {
    /// `deadline` is for a statement, the wait for a connection included; nothing bounds it with `Duration::MAX`.
    pub(super) fn new(connection: DatabaseConnection, deadline: Duration, turns: Option<Embedded>) -> Self {
        let meter = turns.as_ref().map(|turns| turns.meter().clone()).unwrap_or_default();
        Self { connection, deadline, turns, meter }
    }

    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    pub fn connections(&self) -> Connections {
        Connections::of(&self.connection)
    }

    /// Tells of every statement that this handle, its clones and its transactions ask from here on, with its values: for
    /// whoever wants to know how the database goes about them.
    pub fn on_statement(&mut self, heard: impl Fn(&Statement) + Send + Sync + 'static) {
        self.connection.set_metric_callback(move |asked| heard(asked.statement));
    }

    /// Without deadlines: for what may take long.
    pub(super) fn patient(&self) -> &DatabaseConnection {
        &self.connection
    }

    pub(super) async fn begin(&self) -> Result<Transaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let begun = Instant::now();
        let turn = self.turn().await;
        let inner = within(self.deadline, self.connection.begin_with_options(options)).await;
        self.meter.waited(begun);
        let (deadline, meter) = (self.deadline, self.meter.clone());
        Ok(Transaction { inner: inner?, deadline, meter, is_lost: AtomicBool::new(false), _turn: turn })
    }

    async fn ask<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let begun = Instant::now();
        let _turn = self.turn().await;
        let answer = within(self.deadline, statement).await;
        self.meter.asked(begun);
        answer
    }

    async fn turn(&self) -> Option<OwnedMutexGuard<()>> {
        match &self.turns {
            Some(embedded) => Some(embedded.turn().await),
            None => None,
        }
    }

    pub(super) async fn close(self) -> Result<(), DbErr> {
        within(self.deadline, self.connection.close()).await
    }
}

#[async_trait]
impl ConnectionTrait for Handle {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ask(self.connection.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ask(self.connection.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ask(self.connection.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ask(self.connection.query_all_raw(statement)).await
    }
}

impl Transaction {
    /// Without deadlines: for what may take long.
    pub(super) fn patient(&self) -> &DatabaseTransaction {
        &self.inner
    }

    pub async fn commit(self) -> Result<(), DbErr> {
        self.refuse_if_lost()?;
        fault_points::pass("before-commit");
        within(self.deadline, self.inner.commit()).await?;
        fault_points::pass("after-commit");
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        self.refuse_if_lost()?;
        within(self.deadline, self.inner.rollback()).await
    }

    async fn ask<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.refuse_if_lost()?;
        let begun = Instant::now();
        let answer = tokio::time::timeout(self.deadline, statement).await;
        self.meter.asked(begun);
        answer.unwrap_or_else(|_| {
            self.is_lost.store(true, Ordering::Relaxed);
            Err(silent())
        })
    }

    fn refuse_if_lost(&self) -> Result<(), DbErr> {
        if self.is_lost.load(Ordering::Relaxed) { Err(silent()) } else { Ok(()) }
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ask(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.ask(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ask(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ask(self.inner.query_all_raw(statement)).await
    }
}

async fn within<T>(
    deadline: Duration,
    statement: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, DbErr> {
    tokio::time::timeout(deadline, statement).await.unwrap_or_else(|_| Err(silent()))
}

/// As if the server could not be reached.
fn silent() -> DbErr {
    let error = io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time");
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Io(error))))
}
