//! The seams within one process: each question is a call.

use async_trait::async_trait;
use auth::Auth;
use chat::{Chat, members, messages, rooms};
use kit::Result;
use protocol::{
    RoomId, Seq, UserId,
    accounts::User,
    seams::{
        AccountChange, Draft, Missed, Opened, Page, Positions, RoomDetails, RoomMembers, Sender, Sent,
        UserRooms,
    },
};

/// Chat asks auth.
pub struct LocalAccounts(pub Auth);

#[async_trait]
impl chat::Accounts for LocalAccounts {
    async fn by_username(&self, username: &str) -> Result<Option<User>> {
        auth::directory::by_username(&self.0, username).await
    }

    async fn changes(&self, cursor: i64) -> Result<Vec<AccountChange>> {
        auth::directory::changes(&self.0, cursor).await
    }
}

/// Sockets ask chat.
pub struct LocalRooms(pub Chat);

#[async_trait]
impl realtime::Rooms for LocalRooms {
    async fn open(&self, user: &Sender, room: RoomId) -> Result<Opened> {
        rooms::open(&self.0, user, room).await
    }

    async fn rooms_of(&self, users: &[Sender]) -> Result<Vec<UserRooms>> {
        members::rooms_of(&self.0, users).await
    }

    async fn send(&self, drafts: Vec<Draft>) -> Vec<Result<Sent>> {
        messages::send(&self.0, drafts).await
    }

    async fn after(&self, room: RoomId, seq: Seq, limit: u64) -> Result<Page> {
        messages::after(&self.0, room, seq, limit).await
    }

    async fn members(&self, asked: &[(RoomId, Vec<UserId>)]) -> Result<Vec<RoomMembers>> {
        members::among(&self.0, asked).await
    }

    async fn last_seqs(&self, rooms: &[RoomId], users: &[UserId]) -> Result<Positions> {
        rooms::positions(&self.0, rooms, users).await
    }

    async fn missed(&self, rooms: &[(RoomId, i64)], users: &[(UserId, i64)]) -> Result<Missed> {
        chat::rooms::missed(&self.0, rooms, users).await
    }

    async fn details(&self, rooms: &[RoomId]) -> Result<Vec<RoomDetails>> {
        rooms::details(&self.0, rooms).await
    }
}
