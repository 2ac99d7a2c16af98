//! Bodies of `/rooms/*`.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::{
    Message, Timestamp, checks,
    codes::FieldCode,
    ids::{RoomId, Seq, UserId},
    problems::FieldError,
    validation::{Fields, Validate},
};

/// The name of the room that everybody is in.
pub const GENERAL: &str = "general";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    pub id: RoomId,
    pub name: String,
    /// `null` for the general room.
    #[schema(required = true)]
    pub owner_user_id: Option<UserId>,
    /// The owner's name when they became it; `null` for the general room.
    #[schema(required = true)]
    pub owner_username_snapshot: Option<String>,
    pub created_at: Timestamp,
}

/// A room as its member sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomSummary {
    #[serde(flatten)]
    pub room: Room,
    pub last_seq: Seq,
    pub last_read_seq: Seq,
    /// `lastSeq - lastReadSeq`.
    #[schema(minimum = 0)]
    pub unread: i64,
    #[schema(required = true)]
    pub last_message: Option<Message>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Owner,
    Member,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    pub user_id: UserId,
    pub username_snapshot: String,
    pub role: Role,
    pub joined_at: Timestamp,
}

/// A room and one page of its members, ordered by user id.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RoomWithMembers {
    pub room: Room,
    pub members: Vec<Member>,
}

/// Of `POST /rooms/create` and `PATCH /rooms/{id}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RoomName {
    /// Trimmed. `general` is reserved.
    #[schema(min_length = 1, max_length = 50)]
    pub name: String,
}

impl Validate for RoomName {
    fn validate(mut self) -> Result<Self, Vec<FieldError>> {
        self.name = self.name.trim().nfc().collect();
        let reserved = checks::reads_as(&self.name, GENERAL);
        let verdict = if reserved { Err(FieldCode::Reserved) } else { checks::room_name(&self.name) };
        Fields::default().check("name", verdict).finish(self)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AddMember {
    #[schema(min_length = 3, max_length = 32)]
    pub username: String,
}

impl Validate for AddMember {
    fn validate(mut self) -> Result<Self, Vec<FieldError>> {
        self.username = self.username.trim().nfc().collect();
        Fields::default().check("username", checks::username(&self.username)).finish(self)
    }
}

/// The removed user is never given a message with a `seq` above this.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberRemoved {
    pub ok: bool,
    pub last_seq: Seq,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct ReadMark {
    pub seq: Seq,
}

impl Validate for ReadMark {
    fn validate(self) -> Result<Self, Vec<FieldError>> {
        Ok(self)
    }
}
