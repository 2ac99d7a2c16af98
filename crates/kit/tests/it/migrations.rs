//! Migrations by many at once, cut off in the middle, and from a newer version.

use std::cell::Cell;

use kit::db::schema;
use sea_orm_migration::{
    MigrationName, MigrationTrait, MigratorTrait, SchemaManager, async_trait,
    prelude::{DbErr, Query, Table},
    schema::{big_integer, big_integer_null, string_len},
};

use crate::{database, open, run, value};

/// A table with an index and a row, then a column.
struct Migrator;
/// One that knows the first step only, as the version before does.
struct OlderMigrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(First), Box::new(Second)]
    }
}

#[async_trait::async_trait]
impl MigratorTrait for OlderMigrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(First)]
    }
}

struct First;
struct Second;

thread_local! {
    /// After how many steps the first migration is cut off; each test has a thread.
    static STEPS_LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
}

fn step() -> Result<(), DbErr> {
    let left = STEPS_LEFT.get();
    STEPS_LEFT.set(left.saturating_sub(1));
    if left == 0 { Err(DbErr::Custom("cut off".into())) } else { Ok(()) }
}

impl MigrationName for First {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for First {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        step()?;
        let mut table = Table::create();
        table.table("things").col(big_integer("id").primary_key()).col(string_len("name", 32));
        schema::create_table(manager, &mut table).await?;
        step()?;
        schema::create_index(manager, "things", &["name"], true).await?;
        step()?;
        let mut first = Query::insert();
        first.into_table("things").columns(["id", "name"]).values_panic([1.into(), "first".into()]);
        schema::insert_first(manager, "things", first).await?;
        step()
    }
}

impl MigrationName for Second {
    fn name(&self) -> &'static str {
        "m0002_second"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Second {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        schema::add_column(manager, "things", big_integer_null("size")).await
    }
}

#[tokio::test]
async fn many_starters_migrate_once() {
    let (place, db) = database().await;
    assert!(db.is_behind::<Migrator>().await.unwrap());
    let mut others = Vec::new();
    for _ in 0..4 {
        others.push(open(&place).await);
    }
    let all = others.iter().map(kit::db::Database::migrate::<Migrator>);
    for migrated in futures::future::join_all(all).await {
        migrated.unwrap();
    }
    assert!(!db.is_behind::<Migrator>().await.unwrap());
    assert_eq!(value::<i64>(&db.reader, "SELECT COUNT(*) FROM things").await, 1);
    assert_eq!(value::<i64>(&db.reader, "SELECT COUNT(*) FROM seaql_migrations").await, 2);
}

#[tokio::test]
async fn a_migration_that_was_cut_off_anywhere_is_finished_by_the_next_start() {
    for steps in 0..4 {
        let (_place, db) = database().await;
        STEPS_LEFT.set(steps);
        db.migrate::<Migrator>().await.unwrap_err();
        STEPS_LEFT.set(u32::MAX);
        assert!(db.is_behind::<Migrator>().await.unwrap());
        db.migrate::<Migrator>().await.unwrap();
        db.migrate::<Migrator>().await.unwrap();
        assert_eq!(value::<i64>(&db.reader, "SELECT COUNT(*) FROM things").await, 1);
        run(&db.writer, "INSERT INTO things VALUES (2, 'first', 3)").await.expect_err("the index is unique");
    }
}

#[tokio::test]
async fn a_migration_whose_record_was_lost_is_done_again_in_peace() {
    let (_place, db) = database().await;
    db.migrate::<Migrator>().await.unwrap();
    run(&db.writer, "DELETE FROM seaql_migrations").await.unwrap();
    db.migrate::<Migrator>().await.unwrap();
    assert_eq!(value::<i64>(&db.reader, "SELECT COUNT(*) FROM things").await, 1);
}

#[tokio::test]
async fn an_older_version_runs_on_a_newer_schema() {
    let (_place, db) = database().await;
    db.migrate::<Migrator>().await.unwrap();
    assert!(!db.is_behind::<OlderMigrator>().await.unwrap());
    let schema = db.schema::<OlderMigrator>().await.unwrap();
    assert_eq!((schema.missing.len(), schema.unknown.as_slice()), (0, &["m0002_second".to_owned()][..]));
    db.migrate::<OlderMigrator>().await.unwrap();
}

#[tokio::test]
async fn tables_compare_by_bytes_whatever_the_server_s_character_set() {
    let (_place, db) = database().await;
    db.migrate::<Migrator>().await.unwrap();
    run(&db.writer, "INSERT INTO things VALUES (2, 'FIRST', NULL), (3, 'fïrst', NULL)").await.unwrap();
    let engine = "SELECT CONCAT(ENGINE, ' ', TABLE_COLLATION) FROM information_schema.TABLES \
                  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'things'";
    assert_eq!(value::<String>(&db.reader, engine).await, "InnoDB utf8mb4_bin");
}
