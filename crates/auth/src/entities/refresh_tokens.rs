//! Refresh tokens, every one of a family: the live one, the used-up ones before it, and revoked ones until no
//! access token of theirs can be alive. No foreign key: revoked rows outlive the account.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    /// Rises: an update that ends a family meets a successor that was stored while it waited.
    #[sea_orm(primary_key)]
    pub id: i64,
    pub user_id: String,
    pub family: String,
    pub token_hash: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
