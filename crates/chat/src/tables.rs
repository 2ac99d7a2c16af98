//! The tables of `chat_db` as Rust types. Times are integer milliseconds since 1970: engines disagree on datetime
//! columns. There are no foreign keys: the rows of a deleted room go in small steps, after the room.

pub mod cursors;
pub mod member_changes;
pub mod messages;
pub mod outbox;
pub mod room_members;
pub mod rooms;
pub mod user_revisions;
