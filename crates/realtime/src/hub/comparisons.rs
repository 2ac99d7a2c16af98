//! Now and then everything live is compared with the database: that heals what no later event would tell.

use std::{collections::HashSet, sync::Arc, time::Duration};

use kit::{Result, fault_points::Mistake};
use protocol::{RoomId, UserId, seams::Positions};

use super::{actor::Actor, jobs::Outcome};
use crate::{Rooms, calls::guarded};

/// Rooms, and users, in one question.
pub(super) const BATCH: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Comparing {
    is_running: bool,
    /// Something was missed since it began.
    is_due: bool,
}

/// What a comparison is about; a room with its generation.
pub(super) struct Asked {
    rooms: Vec<(RoomId, u64)>,
    users: Vec<UserId>,
}

impl Actor {
    /// Begins a comparison unless one is running or nothing is live. What it finds may be on its way as an event:
    /// it counts only if it did not arrive a moment later.
    pub fn compare(&mut self) {
        self.begin(self.config.compare_grace);
    }

    /// Events were lost: nothing to wait for, and what is running began too early.
    pub fn compare_again(&mut self) {
        self.comparing.is_due = true;
        self.begin(Duration::ZERO);
    }

    pub fn compared(&mut self, asked: &Asked, result: Result<Positions>) {
        self.comparing.is_running = false;
        match result {
            Ok(positions) => self.apply(asked, &positions),
            Err(error) => tracing::warn!(%error, "what is live cannot be compared with the database"),
        }
        if self.comparing.is_due {
            self.begin(Duration::ZERO);
        }
    }

    fn begin(&mut self, grace: Duration) {
        if self.comparing.is_running || Mistake::NoResync.is_planted() {
            return;
        }
        self.comparing.is_due = false;
        let live = self
            .rooms
            .iter()
            .filter(|(_, room)| room.sequencer.is_open() && !room.sequencer.members.is_empty());
        let rooms: Vec<_> = live.map(|(id, room)| (*id, room.generation)).collect();
        let live = self.users.iter().filter(|(_, user)| user.reads.known().is_some());
        let users: Vec<_> = live.map(|(id, _)| *id).collect();
        if rooms.is_empty() && users.is_empty() {
            return;
        }
        self.comparing.is_running = true;
        let (source, timeout) = (self.source.clone(), self.config.ask_timeout);
        self.jobs.spawn(async move {
            let asked = Asked { rooms, users };
            let result = read(&source, timeout, &asked).await;
            tokio::time::sleep(grace).await;
            Outcome::Compared { asked, result }
        });
    }

    fn apply(&mut self, asked: &Asked, positions: &Positions) {
        for state in &positions.rooms {
            self.observe(*state);
        }
        self.read_details(&positions.rooms);
        self.read_missed(positions);
        let found: HashSet<RoomId> = positions.rooms.iter().map(|state| state.room_id).collect();
        for (room_id, generation) in asked.rooms.iter().filter(|(room_id, _)| !found.contains(room_id)) {
            if self.rooms.get(room_id).is_some_and(|room| room.generation == *generation) {
                self.end_room(*room_id);
            }
        }
        for position in &positions.users {
            if let Some(user) = self.users.get_mut(&position.user_id) {
                user.wanted = user.wanted.max(position.rooms_rev);
                self.look_if_behind(position.user_id);
            }
        }
    }
}

async fn read(source: &Arc<dyn Rooms>, timeout: Duration, asked: &Asked) -> Result<Positions> {
    let mut found = Positions::default();
    let rooms: Vec<RoomId> = asked.rooms.iter().map(|(room_id, _)| *room_id).collect();
    let count = rooms.len().div_ceil(BATCH).max(asked.users.len().div_ceil(BATCH));
    for batch in 0..count {
        let (rooms, users) = (nth(&rooms, batch), nth(&asked.users, batch));
        let positions = guarded(timeout, source.last_seqs(rooms, users)).await?;
        found.rooms.extend(positions.rooms);
        found.users.extend(positions.users);
    }
    Ok(found)
}

fn nth<T>(all: &[T], batch: usize) -> &[T] {
    all.chunks(BATCH).nth(batch).unwrap_or_default()
}
