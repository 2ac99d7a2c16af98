//! Steps of migrations. MySQL commits after each of them, so a migration that was cut off begins again from its first
//! one: every step here does nothing where it was done before.

use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use sea_orm_migration::{
    SchemaManager,
    sea_query::{ColumnDef, Expr, Index, InsertStatement, Query, Table, TableCreateStatement},
};

/// Bytes decide in every comparison, as SQLite does by itself: names are folded before they are stored.
const CHARSET: &str = "utf8mb4";
const COLLATION: &str = "utf8mb4_bin";

pub async fn create_table(
    manager: &SchemaManager<'_>,
    table: &mut TableCreateStatement,
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::MySql {
        table.engine("InnoDB").character_set(CHARSET).collate(COLLATION);
    }
    manager.create_table(table.if_not_exists().take()).await
}

/// Named after its table and columns: that is how a violated constraint is told.
pub async fn create_index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    is_unique: bool,
) -> Result<(), DbErr> {
    let name = format!("{table}_{}", columns.join("_"));
    if manager.has_index(table, &name).await? {
        return Ok(());
    }
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    if is_unique {
        index.unique();
    }
    manager.create_index(index.take()).await
}

pub async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    if manager.has_column(table, column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table(table).add_column(column).take()).await
}

/// A table's first row.
pub async fn insert_first(
    manager: &SchemaManager<'_>,
    table: &'static str,
    insert: InsertStatement,
) -> Result<(), DbErr> {
    let any = Query::select().expr(Expr::val(1)).from(table).limit(1).take();
    if manager.get_connection().query_one(&any).await?.is_some() {
        return Ok(());
    }
    manager.execute(insert).await
}
