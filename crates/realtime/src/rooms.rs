//! The seam to chat: what sockets ask about rooms, always for many at once. In one process a call, between
//! services HTTP with the internal key; the adapters are the binary's. A revision in an answer is read before, or in one
//! snapshot with, what it stands for: then a change in between is seen twice, never missed.

use async_trait::async_trait;
use kit::Result;
use protocol::{
    RoomId, Seq, UserId,
    seams::{Draft, Missed, Opened, Page, Positions, RoomDetails, RoomMembers, Sender, Sent, UserRooms},
};

#[async_trait]
pub trait Rooms: Send + Sync + 'static {
    /// Where the room stands, for a user who may read it (the general room: who joins by it). NOT_FOUND otherwise.
    async fn open(&self, user: &Sender, room: RoomId) -> Result<Opened>;

    /// All rooms of the users, general (joined by it) included. The answer keeps the order of `users`.
    async fn rooms_of(&self, users: &[Sender]) -> Result<Vec<UserRooms>>;

    /// Stores and publishes. One answer for each draft, in order; drafts of one call to one room keep their order.
    async fn send(&self, drafts: Vec<Draft>) -> Vec<Result<Sent>>;

    /// The messages after `seq` in ascending order, at most `limit`.
    async fn after(&self, room: RoomId, seq: Seq, limit: u64) -> Result<Page>;

    /// Which of these users are members of these rooms. Rooms that are gone are left out.
    async fn members(&self, asked: &[(RoomId, Vec<UserId>)]) -> Result<Vec<RoomMembers>>;

    /// Where these rooms and users stand. What is gone is left out; a user without a record has revision 0.
    async fn last_seqs(&self, rooms: &[RoomId], users: &[UserId]) -> Result<Positions>;

    /// Who joined and left these rooms after a `members_rev`, how far these users marked as read after a `reads_rev`. Where
    /// there is much, a part: it says up to where.
    async fn missed(&self, rooms: &[(RoomId, i64)], users: &[(UserId, i64)]) -> Result<Missed>;

    /// These rooms as they are. What is gone is left out.
    async fn details(&self, rooms: &[RoomId]) -> Result<Vec<RoomDetails>>;
}
