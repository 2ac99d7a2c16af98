//! The bus: events from where they are committed to every process with a listener. It is a hint, never the
//! truth: whoever listens compares with the database, so an event may be late, doubled or lost.

#[cfg(feature = "aws")]
pub mod aws;
#[cfg(feature = "aws")]
pub mod gateway;
mod memory;
mod nats;
mod threads;
mod topics;

use std::sync::Arc;

use async_trait::async_trait;
use protocol::{Message, Room, RoomId, Seq, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

pub use memory::MemoryBus;
pub use nats::{NatsBus, NatsServers};
pub use topics::Topic;

/// What happened, published after its commit only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// `members_rev` is the room's when `seq` was assigned.
    Message {
        message: Message,
        members_rev: i64,
    },
    /// `members_rev` is the room's, `rooms_rev` the user's, after the change.
    MemberAdded {
        room_id: RoomId,
        user_id: UserId,
        username: String,
        members_rev: i64,
        rooms_rev: i64,
    },
    /// As `MemberAdded`; the user gets nothing above `last_seq`.
    MemberRemoved {
        room_id: RoomId,
        user_id: UserId,
        username: String,
        members_rev: i64,
        rooms_rev: i64,
        last_seq: Seq,
    },
    /// `details_rev` is the room's after the change, 0 from a version that knew none.
    RoomUpdated {
        room: Room,
        #[serde(default)]
        details_rev: i64,
    },
    RoomDeleted {
        room_id: RoomId,
    },
    Read {
        user_id: UserId,
        room_id: RoomId,
        seq: Seq,
    },
    SessionsRevoked {
        sids: Vec<SessionId>,
    },
    /// An account was renamed or deleted: `Accounts::changes` tells.
    AccountsChanged,
}

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// An event of two topics comes once for each of them that is listened to.
    Event(Topic, Arc<Event>),
    /// Anything may have been missed: compare everything with the database.
    Missed,
}

#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// Hands events on, in order, to every listener of their topics. Never waits for a slow listener.
    async fn publish(&self, events: Vec<Event>);

    /// Whatever was published before then is told or given up. `None` where nobody keeps what is not told: listeners
    /// compare with the database.
    fn told_until(&self) -> Option<Timestamp> {
        None
    }

    /// A listener without topics yet. It lives as long as its process.
    fn subscribe(&self) -> (Box<dyn Interest>, Box<dyn Deliveries>);
}

/// Which topics a listener hears.
#[async_trait]
pub trait Interest: Send + Sync {
    /// Once it returns, whatever is published later is heard, or, if the bus is away, `Missed` once it is back.
    async fn listen(&self, topics: &[Topic]);

    async fn unlisten(&self, topics: &[Topic]);
}

#[async_trait]
pub trait Deliveries: Send {
    /// `None` once the bus is gone. Cancel-safe.
    async fn next(&mut self) -> Option<Delivery>;

    /// How many wait.
    fn waiting(&self) -> usize;
}
