//! What services tell each other: the values of the `Accounts` and `Rooms` seams, and the bodies in which questions
//! travel between processes.

use serde::{Deserialize, Serialize};

use crate::{
    Message, Problem, Room, Timestamp,
    ids::{ClientMessageId, RoomId, Seq, SessionId, UserId},
};

/// Who sends, as the access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    pub user_id: UserId,
    pub username: String,
}

/// A message on its way to be stored; its content is trimmed and checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    pub sender: Sender,
    pub room_id: RoomId,
    pub content: String,
    /// Always there: a draft whose commit's answer was lost is safe to try again.
    pub client_message_id: ClientMessageId,
}

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    pub message: Message,
    /// It was stored before; nothing was published again.
    pub duplicate: bool,
}

/// Where a room stands. `members_rev` rises with every change of its members, `details_rev` with every change of its name
/// or owner, both under the lock that assigns `seq`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomState {
    pub room_id: RoomId,
    pub last_seq: Seq,
    pub members_rev: i64,
    /// Unknown to the version before this one.
    #[serde(default)]
    pub details_rev: i64,
}

/// Where a room stands, for a member who last marked it as read at their `read_rev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    #[serde(flatten)]
    pub state: RoomState,
    /// Unknown to the version before this one.
    #[serde(default)]
    pub read_rev: i64,
}

/// A room as of `details_rev`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomDetails {
    pub room: Room,
    pub details_rev: i64,
}

/// The rooms of a user. `rooms_rev` rises with every room that the user joins or leaves, `reads_rev` with every mark of how
/// far they have read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserRooms {
    pub user_id: UserId,
    pub rooms_rev: i64,
    /// Unknown to the version before this one.
    #[serde(default)]
    pub reads_rev: i64,
    pub rooms: Vec<RoomState>,
    /// Those that were deleted a moment ago with the user in them. Unknown to the version before this one.
    #[serde(default)]
    pub deleted: Vec<RoomId>,
}

/// Which of the users asked about are members, as of `members_rev`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomMembers {
    pub room_id: RoomId,
    pub members_rev: i64,
    pub users: Vec<UserId>,
}

/// Part of a room's log in ascending order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    pub messages: Vec<Message>,
    pub has_more: bool,
}

/// Where rooms and users stand. What no longer exists is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Positions {
    pub rooms: Vec<RoomState>,
    pub users: Vec<UserPosition>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPosition {
    pub user_id: UserId,
    pub rooms_rev: i64,
    /// Unknown to the version before this one.
    #[serde(default)]
    pub reads_rev: i64,
}

/// What happened after revisions that were asked about. What no longer exists is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    pub rooms: Vec<MemberChanges>,
    pub users: Vec<ReadMarks>,
}

/// Who joined and left a room, in order and up to `members_rev`. What is older than a day may be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberChanges {
    pub room_id: RoomId,
    pub members_rev: i64,
    pub changes: Vec<MemberChange>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberChange {
    pub members_rev: i64,
    pub user_id: UserId,
    pub username: String,
    /// Left otherwise.
    pub joined: bool,
}

/// How far a user has read in the rooms that they marked, up to `reads_rev`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadMarks {
    pub user_id: UserId,
    pub reads_rev: i64,
    pub marks: Vec<(RoomId, Seq)>,
}

/// A session that ended before its access tokens expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RevokedSession {
    pub sid: SessionId,
    pub revoked_at: Timestamp,
}

/// What happened to an account, in the order of `cursor`: chat follows it to rename and to clean up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountChange {
    pub cursor: i64,
    pub user_id: UserId,
    pub change: Change,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Change {
    Renamed { username: String },
    Deleted,
}

/// May this user read the room, and where does it stand? Answered by an `Opened`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskOpen {
    pub user: Sender,
    pub room_id: RoomId,
}

/// Answered by a `UserRooms` for each, in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskRoomsOf {
    pub users: Vec<Sender>,
}

/// Answered by a `SendAnswer` for each, in order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskSend {
    pub drafts: Vec<Draft>,
}

/// What became of a draft.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SendAnswer {
    Sent(Sent),
    Refused { problem: Problem, retry_after_ms: Option<u64> },
}

/// Answered by a `Page`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskAfter {
    pub room_id: RoomId,
    pub seq: Seq,
    pub limit: u64,
}

/// Answered by a `RoomMembers` for each room that there is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskMembers {
    pub rooms: Vec<(RoomId, Vec<UserId>)>,
}

/// Answered by a `RoomDetails` for each room that there is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskDetails {
    pub rooms: Vec<RoomId>,
}

/// Answered by `Positions`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskPositions {
    pub rooms: Vec<RoomId>,
    pub users: Vec<UserId>,
}

/// Rooms with a `members_rev` each, users with a `reads_rev` each. Answered by `Missed`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AskMissed {
    pub rooms: Vec<(RoomId, i64)>,
    pub users: Vec<(UserId, i64)>,
}

/// Answered by the next `AccountChange`s.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct AskChanges {
    pub cursor: i64,
}

/// Answered by the `RevokedSession`s that the one asked has known since then or longer.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct AskRevoked {
    pub since: Timestamp,
}
