//! Who else joined or left, and what a user read on another device: told by events, and by comparing where an event was
//! lost.

use kit::Result;
use protocol::{
    RoomId, UserId,
    seams::{MemberChanges, Missed, Positions, ReadMarks},
};

use super::{actor::Actor, jobs::Outcome};
use crate::calls::guarded;

/// Rooms, and users, in one question.
const BATCH: usize = 100;

impl Actor {
    /// Reads what changed without our hearing of it. What cannot be read now the next comparison finds again.
    pub fn read_missed(&mut self, positions: &Positions) {
        let rooms = positions.rooms.iter().filter_map(|state| {
            let through = self.rooms.get(&state.room_id)?.told.through();
            (through < state.members_rev).then_some((state.room_id, through))
        });
        let users = positions.users.iter().filter_map(|position| {
            let known = self.users.get(&position.user_id)?.reads.known()?;
            (known < position.reads_rev).then_some((position.user_id, known))
        });
        let (rooms, users): (Vec<_>, Vec<_>) = (rooms.collect(), users.collect());
        rooms.chunks(BATCH).for_each(|rooms| self.ask_missed(rooms, &[]));
        users.chunks(BATCH).for_each(|users| self.ask_missed(&[], users));
    }

    fn ask_missed(&mut self, rooms: &[(RoomId, i64)], users: &[(UserId, i64)]) {
        let (source, timeout, asks) = (self.source.clone(), self.config.ask_timeout, self.asks.clone());
        let (rooms, users) = (rooms.to_vec(), users.to_vec());
        self.jobs.spawn(async move {
            let _permit = asks.acquire().await;
            Outcome::Missed(guarded(timeout, source.missed(&rooms, &users)).await)
        });
    }

    pub fn missed_read(&mut self, result: Result<Missed>) {
        match result {
            Ok(missed) => {
                missed.rooms.iter().for_each(|changes| self.members_changed(changes));
                missed.users.iter().for_each(|read| self.marked(read));
            }
            Err(error) => tracing::warn!(%error, "what was missed cannot be read"),
        }
    }

    fn members_changed(&mut self, read: &MemberChanges) {
        for change in &read.changes {
            let Some(room) = self.rooms.get_mut(&read.room_id) else { return };
            if room.told.tells(change.user_id, change.members_rev) {
                self.hub.metrics.repaired("changes");
                self.tell_others(read.room_id, change.user_id, &change.username, change.joined);
            }
        }
        if let Some(room) = self.rooms.get_mut(&read.room_id) {
            room.told.reach(read.members_rev);
        }
    }

    fn marked(&mut self, read: &ReadMarks) {
        for (room_id, seq) in &read.marks {
            if self.read(read.user_id, *room_id, *seq) {
                self.hub.metrics.repaired("reads");
            }
        }
        if let Some(user) = self.users.get_mut(&read.user_id) {
            user.reads.reach(read.reads_rev);
        }
    }
}
