//! The database handle on a real MariaDB server.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod migrations;
mod outages;
mod sessions;
mod tls;
mod transactions;

use kit::db::Database;
use sea_orm::{ConnectionTrait, DbErr, Statement, TryGetable};
use testbed::{Engine, TestDatabase};

async fn database() -> (TestDatabase, Database) {
    let place = TestDatabase::new(Engine::MariaDb).await;
    let db = open(&place).await;
    (place, db)
}

async fn open(place: &TestDatabase) -> Database {
    Database::open(&place.url().parse().unwrap()).await.unwrap()
}

async fn run(db: &impl ConnectionTrait, sql: &str) -> Result<(), DbErr> {
    db.execute_unprepared(sql).await.map(|_| ())
}

async fn value<T: TryGetable>(db: &impl ConnectionTrait, sql: &str) -> T {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    row.expect("a row").try_get_by_index(0).unwrap()
}
