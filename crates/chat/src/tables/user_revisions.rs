//! A user's `rooms_rev`, which rises with every room that they join or leave, and `reads_rev`, which rises with every mark of
//! how far they have read. There from the first room on, and for good: `gone_at` outlives the account, so that what was on its way when it was deleted joins nothing.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub rooms_rev: i64,
    pub reads_rev: i64,
    pub gone_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
