//! What rooms are, without a database: a list of messages each, who is in it, and how far they have read.

use std::collections::BTreeMap;

use protocol::RoomId;

use super::steps::Step;

/// Everybody is in it.
pub const GENERAL: usize = 0;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub seq: i64,
    pub name: String,
    pub content: String,
    pub client_id: String,
}

#[derive(Debug, Clone)]
pub struct ModelRoom {
    pub id: RoomId,
    pub name: String,
    /// Whoever came first is first; an account that is gone is in none.
    pub members: Vec<usize>,
    pub owner: Option<usize>,
    pub is_deleted: bool,
    pub log: Vec<Entry>,
    pub marks: BTreeMap<usize, i64>,
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub rooms: Vec<ModelRoom>,
    /// By everybody who ever was.
    pub names: Vec<String>,
    /// Who stored a message under a client id, and where it is.
    sent: BTreeMap<(usize, String), (usize, usize)>,
}

/// The status of the answer, and the message if it is one.
pub type Answered = (u16, Option<Entry>);

impl ModelRoom {
    pub fn new(id: RoomId, name: &str, owner: Option<usize>) -> Self {
        let mut room = Self {
            id,
            name: name.into(),
            members: Vec::new(),
            owner,
            is_deleted: false,
            log: Vec::new(),
            marks: BTreeMap::new(),
        };
        if let Some(owner) = owner {
            room.join(owner);
        }
        room
    }

    pub fn last_seq(&self) -> i64 {
        self.log.last().map_or(0, |entry| entry.seq)
    }

    pub fn has(&self, person: usize) -> bool {
        !self.is_deleted && self.members.contains(&person)
    }

    pub fn join(&mut self, person: usize) {
        if !self.members.contains(&person) {
            self.members.push(person);
            self.marks.insert(person, self.last_seq());
        }
    }

    fn leave(&mut self, person: usize) {
        self.members.retain(|member| *member != person);
        self.marks.remove(&person);
        if self.owner == Some(person) {
            self.owner = self.members.first().copied();
            self.is_deleted = self.owner.is_none();
        }
    }
}

impl Model {
    /// What the step does and how it is answered. `content`: of the message, or the name, that comes with it.
    pub fn apply(&mut self, step: &Step, people: &[usize], content: &str) -> Answered {
        match *step {
            Step::Send { user, room, client_id } => {
                self.send(people[user], room % self.rooms.len(), content, &format!("c{client_id}"))
            }
            Step::Add { by, user, room } => {
                self.administered(people[by], room, |room| room.join(people[user]))
            }
            Step::Remove { by, user, room } if by == user => {
                self.used(people[by], room, true, |room| room.leave(people[user]))
            }
            Step::Remove { by, user, room } => {
                self.administered(people[by], room, |room| room.leave(people[user]))
            }
            Step::Rename { by, room } => {
                self.administered(people[by], room, |room| content.clone_into(&mut room.name))
            }
            Step::Delete { by, room } => self.administered(people[by], room, |room| room.is_deleted = true),
            Step::Read { user, room, seq } => self.used(people[user], room, false, |room| {
                let seq = seq.min(room.last_seq());
                let mark = room.marks.entry(people[user]).or_default();
                *mark = seq.max(*mark);
            }),
            Step::RenameUser { user } => {
                content.clone_into(&mut self.names[people[user]]);
                (200, None)
            }
            Step::Erase { user } => {
                for room in self.rooms.iter_mut().filter(|room| room.has(people[user])) {
                    room.leave(people[user]);
                }
                (200, None)
            }
            Step::Create { .. } => (201, None),
            Step::Restart => (200, None),
        }
    }

    fn send(&mut self, person: usize, nth: usize, content: &str, client_id: &str) -> Answered {
        let key = (person, client_id.to_owned());
        if let Some((room, index)) =
            self.sent.get(&key).copied().filter(|(room, _)| !self.rooms[*room].is_deleted)
        {
            let original = self.rooms[room].log[index].clone();
            return if room == nth { (200, Some(original)) } else { (409, None) };
        }
        let name = self.names[person].clone();
        let room = &mut self.rooms[nth];
        if !room.has(person) {
            return (404, None);
        }
        let (seq, content, client_id) = (room.last_seq() + 1, content.to_owned(), client_id.to_owned());
        let entry = Entry { seq, name, content, client_id };
        room.log.push(entry.clone());
        room.marks.insert(person, seq);
        self.sent.insert(key, (nth, room.log.len() - 1));
        (201, Some(entry))
    }

    fn administered(&mut self, by: usize, room: usize, change: impl FnOnce(&mut ModelRoom)) -> Answered {
        let nth = room % self.rooms.len();
        if nth != GENERAL && self.rooms[nth].has(by) && self.rooms[nth].owner != Some(by) {
            return (403, None);
        }
        self.used(by, room, true, change)
    }

    fn used(
        &mut self,
        by: usize,
        room: usize,
        is_change: bool,
        change: impl FnOnce(&mut ModelRoom),
    ) -> Answered {
        let nth = room % self.rooms.len();
        let room = &mut self.rooms[nth];
        if !room.has(by) {
            return (404, None);
        }
        if is_change && nth == GENERAL {
            return (403, None);
        }
        change(room);
        (200, None)
    }
}
