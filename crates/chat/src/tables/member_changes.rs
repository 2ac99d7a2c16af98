//! Who joined and left, for a day: what processes read that missed it. `(room_id, members_rev)` is unique.

use protocol::{UserId, seams::MemberChange};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member_changes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub room_id: i64,
    /// The room's, after this change.
    pub members_rev: i64,
    pub user_id: Uuid,
    pub username: String,
    /// Left otherwise.
    pub joined: bool,
    /// Milliseconds since 1970.
    pub changed_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for MemberChange {
    fn from(row: Model) -> Self {
        let Model { members_rev, username, joined, .. } = row;
        Self { members_rev, user_id: UserId(row.user_id), username, joined }
    }
}
