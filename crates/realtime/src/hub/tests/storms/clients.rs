//! Clients as the protocol wants them, and what they hold against the truth with every event.

use std::collections::{BTreeMap, BTreeSet};

use futures::FutureExt;
use protocol::{RoomId, ServerEvent, SessionId, UserId, events::RoomPosition, seams::Sender};

use super::{
    super::{Client, Peer, Scope},
    Truth,
};
use crate::closes::Close;

/// Of a room that was gone when it was to be read.
const UNKNOWN: i64 = i64::MAX - 1;

/// What a client comes back with.
#[derive(Clone)]
pub struct Memory {
    pub user: Sender,
    pub session: SessionId,
    /// The only one that it carries.
    pub room: Option<RoomId>,
    lasts: BTreeMap<RoomId, i64>,
}

/// What one client knows.
pub struct Known {
    pub node: usize,
    pub is_stalled: bool,
    /// Who is in each room: read, or told since.
    pub members: BTreeMap<RoomId, BTreeSet<UserId>>,
    client: Client,
    /// Who it is, and the last `seq` of each room that it carries: read, or heard since.
    memory: Memory,
    /// How the rooms it carries are called: read, or told since.
    names: BTreeMap<RoomId, i64>,
    /// How far its user has read in each room: read, or told since.
    marks: BTreeMap<RoomId, i64>,
    /// The last of each that it was told: names of rooms, marks, and the names that others joined or left under.
    told_names: BTreeMap<RoomId, i64>,
    told_marks: BTreeMap<RoomId, i64>,
    told_changes: BTreeMap<(RoomId, UserId), i64>,
}

impl Memory {
    pub fn new(user: Sender, session: SessionId, room: Option<RoomId>) -> Self {
        Self { user, session, room, lasts: BTreeMap::new() }
    }

    pub fn peer(&self) -> Peer {
        let scope = self.room.map_or(Scope::All, Scope::Room);
        Peer { user: self.user.clone(), session: self.session, scope }
    }
}

impl Known {
    /// What is missing up to where the rooms stand it reads page by page.
    pub fn begin(
        client: Client,
        node: usize,
        memory: &Memory,
        positions: &[RoomPosition],
        truth: &Truth,
    ) -> Self {
        for RoomPosition { room_id, last_seq } in positions {
            let had = memory.lasts.get(room_id).copied().unwrap_or_default();
            assert!(had == UNKNOWN || had <= last_seq.0, "it stands where {had} was not there yet");
        }
        let lasts = positions.iter().map(|position| (position.room_id, position.last_seq.0)).collect();
        let mut known = Self {
            node,
            is_stalled: false,
            members: BTreeMap::new(),
            client,
            memory: Memory { lasts, ..memory.clone() },
            names: BTreeMap::new(),
            marks: BTreeMap::new(),
            told_names: BTreeMap::new(),
            told_marks: BTreeMap::new(),
            told_changes: BTreeMap::new(),
        };
        for position in positions {
            known.read(position.room_id, truth);
        }
        known
    }

    pub fn memory(&self) -> Memory {
        self.memory.clone()
    }

    /// What there is to hear, until it was closed.
    pub fn hear(&mut self, truth: &Truth) -> Option<Close> {
        loop {
            match self.client.next_or_close().now_or_never()? {
                Ok(event) => self.take(&event, truth),
                Err(close) => {
                    match close {
                        Close::REMOVED | Close::DELETED => {
                            assert!(self.memory.room.is_some(), "{close:?}");
                            assert!(self.memory.lasts.is_empty(), "told before it was closed");
                        }
                        Close::REVOKED => assert!(truth.revoked.contains(&self.memory.session)),
                        Close::RESTART | Close::RESUME => {}
                        close => panic!("{close:?}"),
                    }
                    return Some(close);
                }
            }
        }
    }

    pub fn settled(&self, truth: &Truth) {
        let Memory { user, session, room, lasts } = &self.memory;
        let world = &truth.world;
        assert!(!truth.revoked.contains(session), "who is revoked is closed");
        let is_carried = |id: &RoomId| world.is_member(*id, user) && room.is_none_or(|only| only == *id);
        let rooms = truth.rooms.iter().copied().filter(is_carried);
        let expected: BTreeMap<RoomId, i64> = rooms.map(|id| (id, world.last_seq(id))).collect();
        assert_eq!(*lasts, expected, "what it knows is the truth");
        assert!(room.is_none() || lasts.len() == 1, "who is out is closed");
        for room in lasts.keys() {
            assert_eq!(self.names[room], truth.name(*room), "it knows the name");
            let members = self.members.get(room);
            assert!(members.is_none_or(|members| *members == world.members(*room)), "it knows the members");
            assert_eq!(self.marks[room], world.mark(*room, user), "it knows how far its user has read");
        }
    }

    /// What a client asks for when it begins to carry a room. Who was removed again meanwhile is told nothing.
    fn read(&mut self, room: RoomId, truth: &Truth) {
        let (user, world) = (&self.memory.user, &truth.world);
        self.names.insert(room, truth.name(room));
        self.marks.insert(room, world.mark(room, user));
        self.members.remove(&room);
        if world.is_member(room, user) {
            self.members.insert(room, world.members(room));
        }
    }

    fn take(&mut self, event: &ServerEvent, truth: &Truth) {
        let (user, world) = (self.memory.user.user_id, &truth.world);
        let lasts = &mut self.memory.lasts;
        match event {
            ServerEvent::Message { room_id, message } => {
                let seq = message.seq.0;
                let last = lasts.get_mut(room_id).expect("it carries the room");
                assert!(seq <= *last + 1, "a gap before {seq} after {last}");
                *last = (*last).max(seq);
                assert_eq!(Some(message), world.message(*room_id, seq).as_ref(), "as it was stored");
                if let Some(stop) = truth.stops.get(&(*room_id, user)) {
                    assert!(seq <= *stop, "{seq} was handed to a user who left at {stop}");
                }
            }
            ServerEvent::MemberAdded { room_id, user_id, .. } if *user_id == user => {
                // It reads what is there. Of a room that is gone meanwhile nobody can tell what that was.
                let last = if world.exists(*room_id) { world.last_seq(*room_id) } else { UNKNOWN };
                assert!(lasts.insert(*room_id, last).is_none(), "told once");
                self.told_changes.retain(|(room, _), _| room != room_id);
                self.read(*room_id, truth);
            }
            ServerEvent::MemberRemoved { room_id, user_id, .. } if *user_id == user => {
                assert!(lasts.remove(room_id).is_some(), "told once");
                assert!(truth.left.contains(&(*room_id, user)), "it did leave");
            }
            ServerEvent::RoomDeleted { room_id } => {
                let last = lasts.remove(room_id).expect("told once");
                assert!(!world.exists(*room_id), "it is gone");
                let has_left = truth.left.contains(&(*room_id, user));
                let whole = world.final_seq(*room_id);
                assert!(has_left || last >= whole, "deleted after {whole}, heard up to {last}");
            }
            ServerEvent::MemberAdded { room_id, user_id, username }
            | ServerEvent::MemberRemoved { room_id, user_id, username } => {
                assert!(lasts.contains_key(room_id), "it carries the room");
                rises(&mut self.told_changes, (*room_id, *user_id), number(username));
                if let Some(members) = self.members.get_mut(room_id) {
                    match event {
                        ServerEvent::MemberAdded { .. } => members.insert(*user_id),
                        _ => members.remove(user_id),
                    };
                }
            }
            ServerEvent::Read { room_id, seq } => {
                assert!(lasts.contains_key(room_id), "it carries the room");
                rises(&mut self.told_marks, *room_id, seq.0);
                let mark = self.marks.entry(*room_id).or_default();
                *mark = seq.0.max(*mark);
            }
            ServerEvent::RoomUpdated { room } => {
                assert!(lasts.contains_key(&room.id), "it carries the room");
                rises(&mut self.told_names, room.id, number(&room.name));
                self.names.insert(room.id, number(&room.name));
            }
            event => panic!("{event:?}"),
        }
    }
}

/// Each is told once, and none after a later one.
fn rises<K: Ord>(told: &mut BTreeMap<K, i64>, of: K, number: i64) {
    let before = told.insert(of, number);
    assert!(before < Some(number), "{number} was told after {before:?}");
}

fn number(name: &str) -> i64 {
    name.parse().expect("a number")
}
