//! Brings a schema up to date, once however many processes start at the same time. Versions that only a newer binary
//! knows are left alone: this one runs on them, while a rollout has both.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait};
use sea_orm_migration::{
    MigrationTrait, MigratorTrait, SchemaManager, SchemaManagerConnection,
    schema::{big_integer, string},
    sea_query::{Query, Table},
};

use super::{Database, mysql, schema};

/// What was applied; the library that came before this file named it.
pub(super) const TABLE: &str = "seaql_migrations";
/// How long one process waits for another that migrates.
const LOCK_WAIT_SECS: u32 = 120;

/// How the schema of a database stands to this binary's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Migrations of ours that were not applied yet, in their order.
    pub missing: Vec<String>,
    /// Those that were applied by a newer binary.
    pub unknown: Vec<String>,
}

impl Schema {
    /// Of a database with these migrations.
    pub fn of<M: MigratorTrait>(applied: impl IntoIterator<Item = String>) -> Self {
        let mut unknown: Vec<_> = applied.into_iter().collect();
        let ours = M::migrations().into_iter().map(|migration| migration.name().to_owned());
        let missing = ours.filter(|ours| {
            let place = unknown.iter().position(|applied| applied == ours);
            place.map(|place| unknown.swap_remove(place)).is_none()
        });
        let missing = missing.collect();
        unknown.sort();
        Self { missing, unknown }
    }
}

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
        Ok(!self.schema::<M>().await?.missing.is_empty())
    }

    /// What it has and what it lacks. Changes nothing.
    pub async fn schema<M: MigratorTrait>(&self) -> Result<Schema, DbErr> {
        let manager = SchemaManager::new(self.reader.patient());
        if !manager.has_table(TABLE).await? {
            return Ok(Schema::of::<M>([]));
        }
        Ok(Schema::of::<M>(applied(manager.get_connection()).await?))
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
    let missing = Schema::of::<M>(applied(db).await?).missing;
    let is_missing = |migration: &dyn MigrationTrait| missing.iter().any(|name| name == migration.name());
    Ok(M::migrations().into_iter().filter(|migration| is_missing(migration.as_ref())).collect())
}

async fn applied(db: &SchemaManagerConnection<'_>) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all(Query::select().column("version").from(TABLE)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// A named lock of the server's, for this database. It belongs to one connection, which the transaction holds on to;
/// should this process die, it is free.
async fn lock(db: &Database) -> Result<DatabaseTransaction, DbErr> {
    let holder = db.writer.patient().begin().await?;
    holder.execute_unprepared(mysql::REST).await?;
    let take = format!("SELECT GET_LOCK({LOCK}, {LOCK_WAIT_SECS}) = 1");
    let taken = holder.query_one_raw(Statement::from_string(DbBackend::MySql, take)).await?;
    match taken.map(|row| row.try_get_by_index::<Option<bool>>(0)).transpose()?.flatten() {
        Some(true) => Ok(holder),
        _ => Err(DbErr::Custom("another process has been changing the schema for too long".into())),
    }
}

async fn unlock(holder: DatabaseTransaction) -> Result<(), DbErr> {
    holder.execute_unprepared(&format!("DO RELEASE_LOCK({LOCK})")).await?;
    holder.execute_unprepared(mysql::NO_REST).await?;
    holder.rollback().await
}

/// At most 64 characters. Not SHA1, which MySQL 9 has no more.
const LOCK: &str = "CONCAT('cloud-chat ', LEFT(SHA2(DATABASE(), 256), 40))";
