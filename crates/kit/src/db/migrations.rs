//! Brings a schema up to date, once however many processes start at the same time. Versions that only a newer binary
//! knows are left alone: this one runs on them, while a rollout has both.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait};
use sea_orm_migration::{
    MigrationTrait, MigratorTrait, SchemaManager, SchemaManagerConnection,
    schema::{big_integer, string},
    sea_query::{Query, Table},
};

use super::{Database, schema};

/// What was applied; the library that came before this file named it.
const TABLE: &str = "seaql_migrations";
/// How long one process waits for another that migrates.
const LOCK_WAIT_SECS: u32 = 120;

impl Database {
    /// Applies what is missing; safe to repeat, also after it was cut off in the middle.
    pub async fn migrate<M: MigratorTrait>(&self) -> Result<(), DbErr> {
        if !self.is_behind::<M>().await? {
            return Ok(());
        }
        if self.writer.get_database_backend() == DbBackend::Sqlite {
            // Its lock keeps others out, and nothing of it is seen before the commit.
            let tx = self.begin().await?;
            apply::<M>(&SchemaManager::new(tx.patient())).await?;
            return tx.commit().await;
        }
        let lock = lock(self).await?;
        let applied = apply::<M>(&SchemaManager::new(self.writer.patient())).await;
        unlock(lock).await?;
        applied
    }

    /// Whether a migration is missing. Changes nothing.
    pub async fn is_behind<M: MigratorTrait>(&self) -> Result<bool, DbErr> {
        let manager = SchemaManager::new(self.reader.patient());
        if !manager.has_table(TABLE).await? {
            return Ok(!M::migrations().is_empty());
        }
        Ok(!missing::<M>(manager.get_connection()).await?.is_empty())
    }
}

async fn apply<M: MigratorTrait>(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table.table(TABLE).col(string("version").primary_key()).col(big_integer("applied_at"));
    schema::create_table(manager, &mut table).await?;
    for migration in missing::<M>(manager.get_connection()).await? {
        migration.up(manager).await?;
        let now = protocol::Timestamp::now().as_secs();
        let mut insert = Query::insert();
        insert.into_table(TABLE).columns(["version", "applied_at"]);
        manager.execute(insert.values_panic([migration.name().into(), now.into()]).take()).await?;
        tracing::info!(migration = migration.name(), "the schema was changed");
    }
    Ok(())
}

async fn missing<M: MigratorTrait>(
    db: &SchemaManagerConnection<'_>,
) -> Result<Vec<Box<dyn MigrationTrait>>, DbErr> {
    let rows = db.query_all(Query::select().column("version").from(TABLE)).await?;
    let applied = rows.iter().map(|row| row.try_get_by_index::<String>(0));
    let applied = applied.collect::<Result<HashSet<_>, _>>()?;
    Ok(M::migrations().into_iter().filter(|migration| !applied.contains(migration.name())).collect())
}

/// A named lock of the server's, for this database. It belongs to one connection, which the transaction holds on to;
/// should this process die, it is free.
async fn lock(db: &Database) -> Result<DatabaseTransaction, DbErr> {
    let holder = db.writer.patient().begin().await?;
    let take = format!("SELECT GET_LOCK({LOCK}, {LOCK_WAIT_SECS}) = 1");
    let taken = holder.query_one_raw(Statement::from_string(DbBackend::MySql, take)).await?;
    match taken.map(|row| row.try_get_by_index::<Option<bool>>(0)).transpose()?.flatten() {
        Some(true) => Ok(holder),
        _ => Err(DbErr::Custom("another process has been changing the schema for too long".into())),
    }
}

async fn unlock(holder: DatabaseTransaction) -> Result<(), DbErr> {
    holder.execute_unprepared(&format!("DO RELEASE_LOCK({LOCK})")).await?;
    holder.rollback().await
}

/// At most 64 characters. Not SHA1, which MySQL 9 has no more.
const LOCK: &str = "CONCAT('cloud-chat ', LEFT(SHA2(DATABASE(), 256), 40))";
