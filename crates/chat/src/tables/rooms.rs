//! A room, the lock of everything in it: whoever changes its log or its members locks its row first.

use fanout::Event;
use protocol::{Room, RoomId, Seq, Timestamp, UserId, seams::RoomState};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rooms")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub kind: Kind,
    pub name: String,
    pub owner_user_id: Option<Uuid>,
    pub owner_username_snapshot: Option<String>,
    /// The `seq` of the newest message.
    pub last_seq: i64,
    /// Rises with every join and leave.
    pub members_rev: i64,
    /// Rises with every change of name or owner.
    pub details_rev: i64,
    pub created_at: i64,
    /// From here on the room is invisible; its rows go in small steps.
    pub deleted_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Kind {
    /// The one room that everybody is in.
    #[sea_orm(string_value = "general")]
    General,
    #[sea_orm(string_value = "room")]
    Room,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn room_id(&self) -> RoomId {
        RoomId(self.id)
    }

    pub fn is_general(&self) -> bool {
        self.kind == Kind::General
    }

    pub fn is_owned_by(&self, user: UserId) -> bool {
        self.owner_user_id == Some(user.0)
    }

    pub fn state(&self) -> RoomState {
        let &Self { id, last_seq, members_rev, details_rev, .. } = self;
        RoomState { room_id: RoomId(id), last_seq: Seq(last_seq), members_rev, details_rev }
    }

    pub fn to_room(&self) -> Room {
        Room {
            id: RoomId(self.id),
            name: self.name.clone(),
            owner_user_id: self.owner_user_id.map(UserId),
            owner_username_snapshot: self.owner_username_snapshot.clone(),
            created_at: Timestamp(self.created_at),
        }
    }

    /// The event of a change of name or owner.
    pub fn updated(&self) -> Event {
        Event::RoomUpdated { room: self.to_room(), details_rev: self.details_rev }
    }
}
