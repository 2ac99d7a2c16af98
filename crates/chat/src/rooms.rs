//! Rooms.

use kit::Result;
use protocol::{
    RoomId, UserId,
    seams::{Positions, RoomState, Sender},
};

use crate::Chat;

pub async fn open(_chat: &Chat, _user: &Sender, _room: RoomId) -> Result<RoomState> {
    unimplemented!()
}

pub async fn positions(_chat: &Chat, _rooms: &[RoomId], _users: &[UserId]) -> Result<Positions> {
    unimplemented!()
}
