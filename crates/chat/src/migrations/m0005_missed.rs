//! What a process may have missed: the changes of rooms' members, and which marks of reading are newer.

use kit::db::schema::{add_column, create_index, create_table};
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, big_pk_auto, binary_len, boolean, string_len},
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_missed"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_table(
            manager,
            Table::create()
                .table("member_changes")
                .col(big_pk_auto("id"))
                .col(big_integer("room_id"))
                .col(big_integer("members_rev"))
                .col(binary_len("user_id", 16))
                .col(string_len("username", 32))
                .col(boolean("joined"))
                .col(big_integer("changed_at")),
        )
        .await?;
        create_index(manager, "member_changes", &["room_id", "members_rev"], true).await?;
        create_index(manager, "member_changes", &["changed_at"], false).await?;
        // The version before this one writes rows without them.
        add_column(manager, "user_revisions", big_integer("reads_rev").default(0).take()).await?;
        add_column(manager, "room_members", big_integer("read_rev").default(0).take()).await
    }
}
