//! Events that are committed with what they are about, until they are told.

use kit::db::schema::{create_index, create_table};
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_pk_auto, binary_len, text},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_outbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_table(
            manager,
            Table::create()
                .table("outbox")
                .col(big_pk_auto("id"))
                .col(binary_len("node", 16))
                .col(big_integer("written_at"))
                .col(text("event")),
        )
        .await?;
        create_index(manager, "outbox", &["written_at"], false).await
    }
}
