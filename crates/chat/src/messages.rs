//! Messages.

use kit::Result;
use protocol::{
    RoomId, Seq,
    seams::{Draft, Page, Sent},
};

use crate::Chat;

pub async fn send(_chat: &Chat, _drafts: Vec<Draft>) -> Vec<Result<Sent>> {
    unimplemented!()
}

pub async fn after(_chat: &Chat, _room: RoomId, _seq: Seq, _limit: u64) -> Result<Page> {
    unimplemented!()
}
