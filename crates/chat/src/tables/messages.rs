//! The logs of all rooms. `(room_id, seq)` is unique, and so is `(user_id, client_message_id)`.

use kit::Error;
use protocol::{Message, MessageId, RoomId, Seq, Timestamp, UserId, messages::MessageKind};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "messages")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub room_id: i64,
    pub seq: i64,
    pub user_id: Uuid,
    pub username_snapshot: String,
    pub kind: Kind,
    pub content: String,
    pub file_url: Option<String>,
    pub client_message_id: String,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum Kind {
    #[sea_orm(string_value = "TEXT")]
    Text,
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

impl TryFrom<Model> for Message {
    type Error = Error;

    fn try_from(row: Model) -> Result<Self, Error> {
        let unreadable = |_| Error::internal(format!("message {} has no valid client id", row.id));
        Ok(Self {
            id: MessageId(row.id),
            room_id: RoomId(row.room_id),
            seq: Seq(row.seq),
            user_id: UserId(row.user_id),
            username: row.username_snapshot.clone(),
            username_snapshot: row.username_snapshot,
            kind: match row.kind {
                Kind::Text => MessageKind::Text,
            },
            content: row.content,
            file_url: row.file_url,
            client_message_id: row.client_message_id.parse().map_err(unreadable)?,
            created_at: Timestamp(row.created_at),
        })
    }
}
