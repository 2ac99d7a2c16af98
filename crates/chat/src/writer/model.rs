//! What storing means, one draft at a time and without a database: what the plan and the transactions are held
//! against.

use std::collections::BTreeSet;

use proptest::prelude::*;
use protocol::{
    RoomId, Seq, UserId,
    seams::{Draft, Sender},
};
use uuid::Uuid;

pub const USERS: u8 = 3;
/// 1 is the general room, the last one never exists.
pub const ROOMS: i64 = 5;
pub const GENERAL: i64 = 1;
pub const NEVER: i64 = ROOMS;

#[derive(Debug, Clone)]
pub enum Step {
    Send(Vec<Draft>),
    Add(UserId, RoomId),
    Remove(UserId, RoomId),
    Delete(RoomId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    Stored { seq: Seq, duplicate: bool },
    Conflict,
    NotFound,
}

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub room: RoomId,
    pub seq: Seq,
    pub user: UserId,
    pub client_id: String,
}

#[derive(Debug)]
pub struct Model {
    pub rooms: BTreeSet<RoomId>,
    pub members: BTreeSet<(RoomId, UserId)>,
    pub log: Vec<Entry>,
}

impl Default for Model {
    fn default() -> Self {
        let rooms = (GENERAL..NEVER).map(RoomId).collect();
        Self { rooms, members: BTreeSet::new(), log: Vec::new() }
    }
}

impl Model {
    pub fn send(&mut self, draft: &Draft) -> Expected {
        let (room, user) = (draft.room_id, draft.sender.user_id);
        let client_id = draft.client_message_id.as_str();
        if let Some(original) = self.log.iter().find(|e| e.user == user && e.client_id == client_id) {
            return if original.room == room {
                Expected::Stored { seq: original.seq, duplicate: true }
            } else {
                Expected::Conflict
            };
        }
        if !self.rooms.contains(&room) {
            return Expected::NotFound;
        }
        if room == RoomId(GENERAL) {
            self.members.insert((room, user));
        }
        if !self.members.contains(&(room, user)) {
            return Expected::NotFound;
        }
        let seq = self.last_seq(room).next();
        self.log.push(Entry { room, seq, user, client_id: client_id.to_owned() });
        Expected::Stored { seq, duplicate: false }
    }

    pub fn add(&mut self, user: UserId, room: RoomId) {
        if self.rooms.contains(&room) {
            self.members.insert((room, user));
        }
    }

    pub fn remove(&mut self, user: UserId, room: RoomId) {
        self.members.remove(&(room, user));
    }

    /// The messages go with the room, and so do their client ids.
    pub fn delete(&mut self, room: RoomId) {
        self.rooms.remove(&room);
        self.members.retain(|(r, _)| *r != room);
        self.log.retain(|entry| entry.room != room);
    }

    pub fn last_seq(&self, room: RoomId) -> Seq {
        self.log.iter().filter(|entry| entry.room == room).map(|entry| entry.seq).max().unwrap_or(Seq::ZERO)
    }
}

pub fn user(number: u8) -> UserId {
    UserId(Uuid::from_u128(u128::from(number) + 1))
}

pub fn steps(count_max: usize) -> impl Strategy<Value = Vec<Step>> {
    let users = || (0..USERS).prop_map(user);
    let rooms = || (1..=ROOMS).prop_map(RoomId);
    let ordinary = || (2..NEVER).prop_map(RoomId);
    let draft = (users(), rooms(), 0..8_u8).prop_map(|(user_id, room_id, client_id)| Draft {
        sender: Sender { user_id, username: "somebody".into() },
        room_id,
        content: "hi".into(),
        client_message_id: format!("c{client_id}").parse().expect("a valid id"),
    });
    let step = prop_oneof![
        8 => prop::collection::vec(draft, 1..8).prop_map(Step::Send),
        6 => (users(), ordinary()).prop_map(|(user, room)| Step::Add(user, room)),
        2 => (users(), ordinary()).prop_map(|(user, room)| Step::Remove(user, room)),
        1 => ordinary().prop_map(Step::Delete),
    ];
    prop::collection::vec(step, 1..count_max)
}
