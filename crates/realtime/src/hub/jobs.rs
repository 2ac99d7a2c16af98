//! What comes back from jobs: answers of `Rooms` and of the bus.

use kit::Result;
use protocol::{
    RoomId, UserId,
    seams::{Missed, Page, Positions, RoomDetails, RoomMembers, UserRooms},
};

use super::{Holder, actor::Actor, comparisons::Asked, listening::Change};
use crate::calls::backoff;

/// Questions about single rooms at a time.
pub(super) const ASKS_MAX: usize = 16;

pub(super) enum Outcome {
    Page { room: RoomId, generation: u64, result: Result<Page> },
    Members { room: RoomId, generation: u64, asked: Vec<UserId>, result: Result<Vec<RoomMembers>> },
    Rooms { user: UserId, generation: u64, holder: Holder, result: Result<UserRooms> },
    Details(Result<Vec<RoomDetails>>),
    Missed(Result<Missed>),
    Compared { asked: Asked, result: Result<Positions> },
    Heard { change: Change, is_done: bool },
    RetryRoom { room: RoomId, generation: u64 },
    RetryUser { user: UserId, generation: u64 },
}

impl Actor {
    pub fn finish(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Page { room, generation, result } => self.page_read(room, generation, result),
            Outcome::Members { room, generation, asked, result } => {
                self.members_read(room, generation, &asked, result);
            }
            Outcome::Rooms { user, generation, holder, result } => {
                self.rooms_read(user, generation, holder, result);
            }
            Outcome::Details(result) => self.details_read(result),
            Outcome::Missed(result) => self.missed_read(result),
            Outcome::Compared { asked, result } => self.compared(&asked, result),
            Outcome::Heard { change, is_done } => self.listening.changed(&change, is_done),
            Outcome::RetryRoom { room, generation } => self.retry_room(room, generation),
            Outcome::RetryUser { user, generation } => self.retry_user(user, generation),
        }
    }

    /// Tells the bus what is wanted now, one change at a time.
    pub fn change_interest(&mut self) {
        let Some(change) = self.listening.next_change() else { return };
        let (interest, timeout) = (self.interest.clone(), self.config.ask_timeout);
        self.jobs.spawn(async move {
            let tell = async {
                interest.unlisten(&change.unlisten).await;
                interest.listen(&change.listen).await;
            };
            let is_done = tokio::time::timeout(timeout, tell).await.is_ok();
            if !is_done {
                tracing::warn!("the bus does not answer");
                tokio::time::sleep(backoff(3)).await;
            }
            Outcome::Heard { change, is_done }
        });
    }
}
