//! Who is in which room. `id` tells the order of joining where the times are equal.

use protocol::{Timestamp, UserId, rooms::Member};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_members")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub room_id: i64,
    pub user_id: Uuid,
    pub username_snapshot: String,
    pub role: Role,
    pub last_read_seq: i64,
    /// The member's `reads_rev` when they last marked this room as read.
    pub read_rev: i64,
    pub joined_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Role {
    #[sea_orm(string_value = "owner")]
    Owner,
    #[sea_orm(string_value = "member")]
    Member,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "super::rooms::Entity", from = "Column::RoomId", to = "super::rooms::Column::Id")]
    Room,
}

impl Related<super::rooms::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Room.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Member {
    fn from(row: Model) -> Self {
        Self {
            user_id: UserId(row.user_id),
            username_snapshot: row.username_snapshot,
            role: match row.role {
                Role::Owner => protocol::rooms::Role::Owner,
                Role::Member => protocol::rooms::Role::Member,
            },
            joined_at: Timestamp(row.joined_at),
        }
    }
}
