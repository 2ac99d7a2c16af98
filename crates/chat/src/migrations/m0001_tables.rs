//! Rooms with the general one in it, members, messages, revisions, cursors.

use kit::db::schema::{create_index, create_table, insert_first};
use protocol::{Timestamp, rooms::GENERAL};
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, big_pk_auto, binary_len, binary_len_null, string_len, string_len_null,
        text,
    },
};

pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // `big_pk_auto` is AUTOINCREMENT on SQLite: ids are never used twice.
        create_table(
            manager,
            Table::create()
                .table("rooms")
                .col(big_pk_auto("id"))
                .col(string_len("kind", 16))
                .col(string_len("name", 50))
                .col(binary_len_null("owner_user_id", 16))
                .col(string_len_null("owner_username_snapshot", 32))
                .col(big_integer("last_seq"))
                .col(big_integer("members_rev"))
                .col(big_integer("created_at"))
                .col(big_integer_null("deleted_at")),
        )
        .await?;
        create_table(
            manager,
            Table::create()
                .table("room_members")
                .col(big_pk_auto("id"))
                .col(big_integer("room_id"))
                .col(binary_len("user_id", 16))
                .col(string_len("username_snapshot", 32))
                .col(string_len("role", 16))
                .col(big_integer("last_read_seq"))
                .col(big_integer("joined_at")),
        )
        .await?;
        create_table(
            manager,
            Table::create()
                .table("messages")
                .col(big_pk_auto("id"))
                .col(big_integer("room_id"))
                .col(big_integer("seq"))
                .col(binary_len("user_id", 16))
                .col(string_len("username_snapshot", 32))
                .col(string_len("kind", 16))
                .col(text("content"))
                .col(string_len_null("file_url", 1024))
                .col(string_len("client_message_id", 64))
                .col(big_integer("created_at")),
        )
        .await?;
        create_table(
            manager,
            Table::create()
                .table("user_revisions")
                .col(binary_len("user_id", 16).primary_key())
                .col(big_integer("rooms_rev")),
        )
        .await?;
        create_table(
            manager,
            Table::create()
                .table("cursors")
                .col(string_len("feed", 64).primary_key())
                .col(big_integer("position")),
        )
        .await?;
        for (table, columns, is_unique) in [
            ("rooms", &["owner_user_id"][..], false),
            ("rooms", &["deleted_at"], false),
            ("room_members", &["room_id", "user_id"], true),
            ("room_members", &["user_id"], false),
            ("messages", &["room_id", "seq"], true),
            ("messages", &["user_id", "client_message_id"], true),
        ] {
            create_index(manager, table, columns, is_unique).await?;
        }
        // Here, since migrations run once and under a lock: there is never a second general room.
        let general = ["general".into(), GENERAL.into(), 0.into(), 0.into(), Timestamp::now().0.into()];
        let mut insert = Query::insert();
        insert.into_table("rooms").columns(["kind", "name", "last_seq", "members_rev", "created_at"]);
        insert_first(manager, "rooms", insert.values_panic(general).take()).await?;
        // Always there, so that it can be locked.
        let mut insert = Query::insert();
        insert.into_table("cursors").columns(["feed", "position"]);
        insert.values_panic(["account_changes".into(), 0.into()]);
        insert_first(manager, "cursors", insert).await
    }
}
