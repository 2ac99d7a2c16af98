//! Names and owners of rooms: told by events, and by comparing where an event was lost. Each revision is told once, and
//! none after a later one.

use kit::Result;
use protocol::{
    Room, RoomId, ServerEvent,
    seams::{RoomDetails, RoomState},
};

use super::{actor::Actor, comparisons::BATCH, jobs::Outcome};
use crate::calls::guarded;

impl Actor {
    /// The room is so as of `details_rev`; 0 is of a version that knew no revision.
    pub fn updated(&mut self, room: &Room, details_rev: i64) {
        let Some(live) = self.rooms.get_mut(&room.id) else { return };
        if details_rev != 0 && details_rev <= live.details_rev {
            return;
        }
        live.details_rev = live.details_rev.max(details_rev);
        self.broadcast(room.id, &ServerEvent::RoomUpdated { room: room.clone() }, None);
    }

    /// Reads those that changed without our hearing of it. What cannot be read now the next comparison finds again.
    pub fn read_details(&mut self, states: &[RoomState]) {
        let is_behind = |state: &&RoomState| {
            self.rooms.get(&state.room_id).is_some_and(|room| room.details_rev < state.details_rev)
        };
        let rooms: Vec<RoomId> = states.iter().filter(is_behind).map(|state| state.room_id).collect();
        for rooms in rooms.chunks(BATCH) {
            self.hub.metrics.repaired("details");
            let (source, timeout, rooms) = (self.source.clone(), self.config.ask_timeout, rooms.to_vec());
            self.jobs.spawn(async move { Outcome::Details(guarded(timeout, source.details(&rooms)).await) });
        }
    }

    pub fn details_read(&mut self, result: Result<Vec<RoomDetails>>) {
        match result {
            Ok(read) => read.iter().for_each(|details| self.updated(&details.room, details.details_rev)),
            Err(error) => tracing::warn!(%error, "rooms that changed cannot be read"),
        }
    }
}
