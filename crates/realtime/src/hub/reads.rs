//! Which marks of reading a user's sockets were told. Pure.

use std::collections::HashMap;

use protocol::{RoomId, Seq};

#[derive(Debug, Default)]
pub(super) struct Reads {
    /// The marks up to this revision; `None` while no socket is registered.
    known: Option<i64>,
    /// A mark is told before it has a revision, and again when it is found to have one.
    told: HashMap<RoomId, Seq>,
}

impl Reads {
    /// A socket begins to hear; what was before this revision it reads for itself. Who began before decides.
    pub fn begin(&mut self, reads_rev: i64) {
        self.known.get_or_insert(reads_rev);
    }

    pub fn known(&self) -> Option<i64> {
        self.known
    }

    /// Everything up to this revision was told.
    pub fn reach(&mut self, reads_rev: i64) {
        self.known = self.known.max(Some(reads_rev));
    }

    /// Whether a mark is to be told: it only moves forward.
    pub fn tells(&mut self, room: RoomId, seq: Seq) -> bool {
        let told = self.told.entry(room).or_insert(Seq::ZERO);
        let is_news = seq > *told;
        *told = seq.max(*told);
        is_news
    }
}
