//! Users, refresh tokens, reset tokens and the feed of account changes.

use kit::db::schema;
use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait,
    prelude::{ColumnDef, DbErr, Query, Table, TableCreateStatement},
};

const UUID_CHARS: u32 = 36;
const SHA256_HEX_CHARS: u32 = 64;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        "m0001_accounts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut table in
            [users(), refresh_tokens(), password_reset_tokens(), account_changes(), account_cursor()]
        {
            schema::create_table(manager, &mut table).await?;
        }
        for (table, column, is_unique) in [
            ("users", "username_folded", true),
            ("users", "email_folded", true),
            ("refresh_tokens", "token_hash", true),
            ("refresh_tokens", "family", false),
            ("refresh_tokens", "user_id", false),
            ("refresh_tokens", "expires_at", false),
            ("refresh_tokens", "revoked_at", false),
            ("password_reset_tokens", "user_id", false),
            ("password_reset_tokens", "expires_at", false),
            ("account_changes", "user_id", false),
        ] {
            schema::create_index(manager, table, &[column], is_unique).await?;
        }
        let mut first = Query::insert();
        first.into_table("account_cursor").columns(["id", "last"]).values_panic([1.into(), 0.into()]);
        schema::insert_first(manager, "account_cursor", first).await
    }
}

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(id("id").primary_key())
        .col(text("username", 32))
        .col(text("username_folded", crate::names::USERNAME_FOLDED_CHARS))
        .col(text("email", 254))
        .col(text("email_folded", crate::names::EMAIL_FOLDED_CHARS))
        .col(text("password_hash", 255))
        .col(time("disabled_at").null())
        .col(time("created_at").not_null())
        .col(time("updated_at").not_null())
        .to_owned()
}

fn refresh_tokens() -> TableCreateStatement {
    Table::create()
        .table("refresh_tokens")
        .col(ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key())
        .col(id("user_id"))
        .col(id("family"))
        .col(hash("token_hash"))
        .col(time("created_at").not_null())
        .col(time("expires_at").not_null())
        .col(time("used_at").null())
        .col(time("revoked_at").null())
        .to_owned()
}

fn password_reset_tokens() -> TableCreateStatement {
    Table::create()
        .table("password_reset_tokens")
        .col(hash("token_hash").primary_key())
        .col(id("user_id"))
        .col(time("created_at").not_null())
        .col(time("expires_at").not_null())
        .to_owned()
}

fn account_changes() -> TableCreateStatement {
    Table::create()
        .table("account_changes")
        .col(ColumnDef::new("cursor").big_integer().not_null().primary_key())
        .col(id("user_id"))
        .col(ColumnDef::new("username").string_len(32).null())
        .col(time("changed_at").not_null())
        .to_owned()
}

fn account_cursor() -> TableCreateStatement {
    Table::create()
        .table("account_cursor")
        .col(ColumnDef::new("id").integer().not_null().primary_key())
        .col(ColumnDef::new("last").big_integer().not_null())
        .to_owned()
}

fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).char_len(UUID_CHARS).not_null().to_owned()
}

fn hash(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).char_len(SHA256_HEX_CHARS).not_null().to_owned()
}

fn text(name: &'static str, chars_max: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(chars_max).not_null().to_owned()
}

fn time(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().to_owned()
}
