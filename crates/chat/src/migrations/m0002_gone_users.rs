//! Whose account is gone: they join nothing any more.

use kit::db::schema;
use sea_orm_migration::{prelude::*, schema::big_integer_null};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_gone_users"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        schema::add_column(manager, "user_revisions", big_integer_null("gone_at")).await
    }
}
