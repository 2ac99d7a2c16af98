//! Who holds the sockets, and what the contract leaves to them.

use std::time::Duration;

use super::Closed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    CloudChat,
    ApiGateway,
}

/// Why a connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Token,
    Room,
}

impl Holder {
    /// The longest frame that is read.
    pub fn frame_bytes_max(self) -> usize {
        match self {
            Self::CloudChat => 64 * 1024,
            Self::ApiGateway => 32 * 1024,
        }
    }

    /// The longest message, in frames that each would be read.
    pub fn message_bytes_max(self) -> usize {
        match self {
            Self::CloudChat => self.frame_bytes_max(),
            Self::ApiGateway => 128 * 1024,
        }
    }

    /// How a socket ends with its session.
    pub fn revoked(self) -> Closed {
        match self {
            Self::CloudChat => Closed { code: 1008, reason: "revoked".into() },
            // All that its management API knows is the end.
            Self::ApiGateway => Closed { code: 1000, reason: String::new() },
        }
    }

    /// How long a live peer may say nothing, first of its own accord and then when it is asked. A function that answers has
    /// to have its turn first.
    pub fn silence_max(self) -> Duration {
        Duration::from_secs(if self == Self::CloudChat { 3 } else { 8 })
    }

    /// Rule 2: on one connection the messages of a room come in order, each at most once. Posts may overtake and repeat
    /// each other.
    pub fn keeps_order(self) -> bool {
        self == Self::CloudChat
    }

    /// Behind API Gateway the room's connections are let go with the deletion: what was not posted by then nobody may hear.
    pub fn tells_all_before_a_deletion(self) -> bool {
        self == Self::CloudChat
    }
}

impl Refusal {
    /// Of the handshake, where the refusal is no close.
    pub fn status(self) -> u16 {
        match self {
            Self::Token => 401,
            Self::Room => 403,
        }
    }
}
