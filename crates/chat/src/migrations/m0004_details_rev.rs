//! A revision of each room's name and owner.

use kit::db::schema;
use sea_orm_migration::{prelude::*, schema::big_integer};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_details_rev"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The version before this one makes rooms without it.
        schema::add_column(manager, "rooms", big_integer("details_rev").default(0).take()).await
    }
}
