//! Where an event goes.

use protocol::{RoomId, UserId};

use crate::Event;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Everything in a room.
    Room(RoomId),
    /// What concerns one user on whichever node: joining, leaving, reading.
    User(UserId),
    /// Revoked sessions and changed accounts: every process listens.
    Accounts,
}

impl Event {
    pub fn topics(&self) -> impl Iterator<Item = Topic> {
        let (first, second) = match self {
            Self::Message { message, .. } => (Topic::Room(message.room_id), None),
            Self::MemberAdded { room_id, user_id, .. } | Self::MemberRemoved { room_id, user_id, .. } => {
                (Topic::Room(*room_id), Some(Topic::User(*user_id)))
            }
            Self::RoomUpdated { room, .. } => (Topic::Room(room.id), None),
            Self::RoomDeleted { room_id } => (Topic::Room(*room_id), None),
            Self::Read { user_id, .. } => (Topic::User(*user_id), None),
            Self::SessionsRevoked { .. } | Self::AccountsChanged => (Topic::Accounts, None),
        };
        std::iter::once(first).chain(second)
    }
}
