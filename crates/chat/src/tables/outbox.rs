//! Events on their way to a bus behind which nobody compares, until they are told.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The process that is to tell it.
    pub node: Uuid,
    /// Milliseconds since 1970.
    pub written_at: i64,
    /// JSON.
    pub event: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
