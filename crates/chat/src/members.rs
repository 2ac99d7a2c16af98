//! Who is in which room.

use kit::Result;
use protocol::{
    RoomId, UserId,
    seams::{RoomMembers, Sender, UserRooms},
};

use crate::Chat;

pub async fn rooms_of(_chat: &Chat, _users: &[Sender]) -> Result<Vec<UserRooms>> {
    unimplemented!()
}

pub async fn among(_chat: &Chat, _asked: &[(RoomId, Vec<UserId>)]) -> Result<Vec<RoomMembers>> {
    unimplemented!()
}
