//! Chat as a model in memory: what is committed is the truth, and whether it is published is the test's to say.
//! Shared by the hub's own tests.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use fanout::{Bus, Event, MemoryBus};
use kit::{Error, Result};
use protocol::{
    ClientMessageId, Code, Message, MessageId, Room, RoomId, Seq, Timestamp, UserId,
    messages::MessageKind,
    seams::{
        Draft, MemberChange, MemberChanges, Missed, Opened, Page, Positions, ReadMarks, RoomDetails,
        RoomMembers, RoomState, Sender, Sent, UserPosition, UserRooms,
    },
};
use tokio::sync::watch;

use super::Rooms;

#[derive(Default)]
pub struct World {
    pub bus: MemoryBus,
    state: Mutex<State>,
    /// Reads of users' rooms so far.
    pub lookups: AtomicUsize,
    /// Batches of drafts so far.
    pub batches: AtomicUsize,
    /// How long reads take at most: half of it before they look, half of it after, each another time.
    pub delay_ms_max: AtomicU64,
    delays: AtomicU64,
}

#[derive(Default)]
struct State {
    rooms: BTreeMap<RoomId, ModelRoom>,
    /// Deleted a moment ago: their logs and members can be read still.
    deleted: BTreeMap<RoomId, ModelRoom>,
    revs: HashMap<UserId, i64>,
    reads_revs: HashMap<UserId, i64>,
    marks: HashMap<(UserId, RoomId), Mark>,
    sent: HashMap<(UserId, ClientMessageId), Message>,
    under_way: Vec<Event>,
    messages: i64,
    /// Chat cannot be reached.
    is_away: bool,
    /// Rooms whose log answers only once the gate opens.
    slow: HashSet<RoomId>,
    gate: Option<watch::Sender<bool>>,
    is_sending_held: bool,
}

/// How far somebody has read, and their `reads_rev` when they said so.
struct Mark {
    seq: Seq,
    rev: i64,
}

#[derive(Default)]
struct ModelRoom {
    log: Vec<Message>,
    members: BTreeSet<UserId>,
    members_rev: i64,
    changes: Vec<MemberChange>,
    name: String,
    details_rev: i64,
}

/// What is committed is published, or its publication is lost, or the test sees to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publish {
    Yes,
    Lost,
    Held,
}

pub fn user(name: &str) -> Sender {
    Sender { user_id: UserId::random(), username: name.into() }
}

impl World {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub async fn publish(&self, events: Vec<Event>, publish: Publish) {
        match publish {
            Publish::Yes => self.bus.publish(events).await,
            Publish::Lost => {}
            Publish::Held => self.state().under_way.extend(events),
        }
    }

    /// What was held since the last time.
    pub fn take_held(&self) -> Vec<Event> {
        std::mem::take(&mut self.state().under_way)
    }

    pub fn create(&self, room: RoomId, members: &[&Sender]) {
        let mut state = self.state();
        state.rooms.insert(room, ModelRoom::default());
        for member in members {
            state.join(room, member);
        }
    }

    pub async fn add(&self, room: RoomId, user: &Sender, publish: Publish) {
        let (members_rev, rooms_rev) = self.state().join(room, user);
        let (user_id, username) = (user.user_id, user.username.clone());
        let event = Event::MemberAdded { room_id: room, user_id, username, members_rev, rooms_rev };
        self.publish(vec![event], publish).await;
    }

    /// Answers with the last `seq` that the user may be given.
    pub async fn remove(&self, room: RoomId, user: &Sender, publish: Publish) -> Seq {
        let (members_rev, rooms_rev, last_seq) = self.state().leave(room, user);
        let (user_id, username) = (user.user_id, user.username.clone());
        let event =
            Event::MemberRemoved { room_id: room, user_id, username, members_rev, rooms_rev, last_seq };
        self.publish(vec![event], publish).await;
        last_seq
    }

    pub async fn delete(&self, room: RoomId, publish: Publish) {
        {
            let mut state = self.state();
            if let Some(gone) = state.rooms.remove(&room) {
                for member in &gone.members {
                    state.raise(*member);
                }
                state.deleted.insert(room, gone);
            }
        }
        self.publish(vec![Event::RoomDeleted { room_id: room }], publish).await;
    }

    /// Nothing can be read of deleted rooms any more.
    pub fn forget_deleted(&self) {
        self.state().deleted.clear();
    }

    pub fn exists(&self, room: RoomId) -> bool {
        self.state().rooms.contains_key(&room)
    }

    pub fn is_member(&self, room: RoomId, user: &Sender) -> bool {
        self.state().rooms.get(&room).is_some_and(|room| room.members.contains(&user.user_id))
    }

    pub fn members(&self, room: RoomId) -> BTreeSet<UserId> {
        self.state().rooms.get(&room).map(|room| room.members.clone()).unwrap_or_default()
    }

    /// How far the user has read.
    pub fn mark(&self, room: RoomId, user: &Sender) -> i64 {
        self.state().mark(user.user_id, room).map_or(0, |mark| mark.seq.0)
    }

    pub fn last_seq(&self, room: RoomId) -> i64 {
        self.state().position(room).map_or(0, |state| state.last_seq.0)
    }

    /// Of the room, even where it is deleted.
    pub fn final_seq(&self, room: RoomId) -> i64 {
        self.state().there_or_deleted(room).map_or(0, |room| room.last_seq().0)
    }

    pub fn message(&self, room: RoomId, seq: i64) -> Option<Message> {
        self.state().there_or_deleted(room)?.log.get(usize::try_from(seq).ok()?.checked_sub(1)?).cloned()
    }

    /// Commits a message; returns its event.
    pub fn commit(&self, room: RoomId, sender: &Sender, content: &str) -> Event {
        let draft = Draft {
            sender: sender.clone(),
            room_id: room,
            content: content.into(),
            client_message_id: ClientMessageId::random(),
        };
        let mut state = self.state();
        let message = state.store(draft).unwrap().message;
        Event::Message { members_rev: state.rooms[&room].members_rev, message }
    }

    pub async fn say(&self, room: RoomId, sender: &Sender, content: &str, publish: Publish) {
        let event = self.commit(room, sender, content);
        self.publish(vec![event], publish).await;
    }

    pub async fn rename(&self, room: RoomId, name: &str, publish: Publish) {
        let RoomDetails { room, details_rev } = {
            let mut state = self.state();
            let model = state.rooms.get_mut(&room).unwrap();
            model.name = name.into();
            model.details_rev += 1;
            model.details(room)
        };
        self.publish(vec![Event::RoomUpdated { room, details_rev }], publish).await;
    }

    pub fn name(&self, room: RoomId) -> Option<String> {
        self.state().rooms.get(&room).map(|room| room.name.clone())
    }

    pub async fn read(&self, room_id: RoomId, user: &Sender, seq: i64, publish: Publish) {
        let user_id = user.user_id;
        {
            let mut state = self.state();
            let rev = state.reads_rev(user_id) + 1;
            state.reads_revs.insert(user_id, rev);
            state.marks.insert((user_id, room_id), Mark { seq: Seq(seq), rev });
        }
        self.publish(vec![Event::Read { user_id, room_id, seq: Seq(seq) }], publish).await;
    }

    pub fn set_away(&self, is_away: bool) {
        self.state().is_away = is_away;
    }

    /// Reading this room's log hangs until the returned sender says `true`.
    pub fn slow_down(&self, room: RoomId) -> watch::Sender<bool> {
        let (gate, _) = watch::channel(false);
        let mut state = self.state();
        state.slow.insert(room);
        state.gate = Some(gate.clone());
        gate
    }

    /// Storing hangs until the returned sender says `true`.
    pub fn hold_sends(&self) -> watch::Sender<bool> {
        let (gate, _) = watch::channel(false);
        let mut state = self.state();
        state.is_sending_held = true;
        state.gate = Some(gate.clone());
        gate
    }

    /// Reads at one moment, somewhere within the time that it takes.
    async fn look<T>(&self, read: impl FnOnce(&State) -> Result<T>) -> Result<T> {
        self.delay().await;
        let found = self.reach().and_then(|state| read(&state));
        self.delay().await;
        found
    }

    async fn delay(&self) {
        let max = self.delay_ms_max.load(Ordering::Relaxed);
        if max > 0 {
            let nth = self.delays.fetch_add(1, Ordering::Relaxed);
            let ms = nth.wrapping_mul(6_364_136_223_846_793_005).rotate_left(17) % max / 2;
            tokio::time::sleep(std::time::Duration::from_millis(ms)).await;
        }
    }

    fn reach(&self) -> Result<MutexGuard<'_, State>> {
        let state = self.state();
        if state.is_away { Err(Error::unavailable("away")) } else { Ok(state) }
    }

    async fn pass(&self, is_held: impl Fn(&State) -> bool) {
        let gate = {
            let state = self.state();
            state.gate.as_ref().filter(|_| is_held(&state)).map(watch::Sender::subscribe)
        };
        if let Some(mut gate) = gate {
            gate.wait_for(|is_open| *is_open).await.unwrap();
        }
    }
}

impl State {
    fn join(&mut self, room: RoomId, user: &Sender) -> (i64, i64) {
        let room = self.rooms.get_mut(&room).unwrap();
        assert!(room.members.insert(user.user_id), "already a member");
        let members_rev = room.changed(user, true);
        (members_rev, self.raise(user.user_id))
    }

    fn leave(&mut self, room: RoomId, user: &Sender) -> (i64, i64, Seq) {
        let room = self.rooms.get_mut(&room).unwrap();
        assert!(room.members.remove(&user.user_id), "no member");
        let (members_rev, last_seq) = (room.changed(user, false), room.last_seq());
        (members_rev, self.raise(user.user_id), last_seq)
    }

    fn raise(&mut self, user: UserId) -> i64 {
        let rev = self.revs.entry(user).or_default();
        *rev += 1;
        *rev
    }

    fn store(&mut self, draft: Draft) -> Result<Sent> {
        let Draft { sender, room_id, content, client_message_id } = draft;
        let key = (sender.user_id, client_message_id.clone());
        if let Some(message) = self.sent.get(&key).cloned() {
            if message.room_id != room_id {
                return Err(Error::conflict(Code::Conflict, "used in another room"));
            }
            return Ok(Sent { message, duplicate: true });
        }
        self.messages += 1;
        let id = MessageId(self.messages);
        let room = self.rooms.get_mut(&room_id).filter(|room| room.members.contains(&sender.user_id));
        let room = room.ok_or_else(Error::not_found)?;
        let message = Message {
            id,
            room_id,
            seq: room.last_seq().next(),
            user_id: sender.user_id,
            username: sender.username.clone(),
            username_snapshot: sender.username,
            kind: MessageKind::Text,
            content,
            file_url: None,
            client_message_id,
            created_at: Timestamp(1_704_110_400_000),
        };
        room.log.push(message.clone());
        self.sent.insert(key, message.clone());
        Ok(Sent { message, duplicate: false })
    }

    fn there_or_deleted(&self, room: RoomId) -> Option<&ModelRoom> {
        self.rooms.get(&room).or_else(|| self.deleted.get(&room))
    }

    fn reads_rev(&self, user: UserId) -> i64 {
        self.reads_revs.get(&user).copied().unwrap_or_default()
    }

    fn mark(&self, user: UserId, room: RoomId) -> Option<&Mark> {
        self.marks.get(&(user, room))
    }

    fn rooms_rev(&self, user: UserId) -> i64 {
        self.revs.get(&user).copied().unwrap_or_default()
    }

    fn position(&self, room_id: RoomId) -> Option<RoomState> {
        let room = self.rooms.get(&room_id)?;
        let &ModelRoom { members_rev, details_rev, .. } = room;
        Some(RoomState { room_id, last_seq: room.last_seq(), members_rev, details_rev })
    }
}

impl ModelRoom {
    fn changed(&mut self, user: &Sender, joined: bool) -> i64 {
        self.members_rev += 1;
        let (members_rev, user_id, username) = (self.members_rev, user.user_id, user.username.clone());
        self.changes.push(MemberChange { members_rev, user_id, username, joined });
        members_rev
    }

    fn last_seq(&self) -> Seq {
        self.log.last().map_or(Seq::ZERO, |message| message.seq)
    }

    fn details(&self, id: RoomId) -> RoomDetails {
        let room = Room {
            id,
            name: self.name.clone(),
            owner_user_id: None,
            owner_username_snapshot: None,
            created_at: Timestamp(0),
        };
        RoomDetails { room, details_rev: self.details_rev }
    }
}

#[async_trait]
impl Rooms for World {
    async fn open(&self, user: &Sender, room: RoomId) -> Result<Opened> {
        self.look(|state| {
            let is_member = state.rooms.get(&room).is_some_and(|room| room.members.contains(&user.user_id));
            let position = state.position(room).filter(|_| is_member).ok_or_else(Error::not_found)?;
            Ok(Opened {
                state: position,
                read_rev: state.mark(user.user_id, room).map_or(0, |mark| mark.rev),
            })
        })
        .await
    }

    async fn rooms_of(&self, users: &[Sender]) -> Result<Vec<UserRooms>> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        // As a read over the network would: others get on meanwhile.
        tokio::task::yield_now().await;
        self.look(|state| {
            let rooms_of = |user: &Sender| {
                let is_in = |(_, room): &(&RoomId, &ModelRoom)| room.members.contains(&user.user_id);
                let rooms = state.rooms.iter().filter(is_in);
                UserRooms {
                    user_id: user.user_id,
                    rooms_rev: state.rooms_rev(user.user_id),
                    reads_rev: state.reads_rev(user.user_id),
                    rooms: rooms.filter_map(|(id, _)| state.position(*id)).collect(),
                    deleted: state.deleted.iter().filter(is_in).map(|(id, _)| *id).collect(),
                }
            };
            Ok(users.iter().map(rooms_of).collect())
        })
        .await
    }

    async fn send(&self, drafts: Vec<Draft>) -> Vec<Result<Sent>> {
        self.batches.fetch_add(1, Ordering::Relaxed);
        self.pass(|state| state.is_sending_held).await;
        let mut answers = Vec::new();
        for draft in drafts {
            assert_ne!(draft.content, "panic");
            let room = draft.room_id;
            let stored = self.reach().and_then(|mut state| {
                let sent = state.store(draft)?;
                let members_rev = state.rooms[&room].members_rev;
                Ok((sent, members_rev))
            });
            if let Ok((Sent { message, duplicate: false }, members_rev)) = &stored {
                let event = Event::Message { message: message.clone(), members_rev: *members_rev };
                self.bus.publish(vec![event]).await;
            }
            answers.push(stored.map(|(sent, _)| sent));
        }
        answers
    }

    async fn after(&self, room: RoomId, seq: Seq, limit: u64) -> Result<Page> {
        self.pass(|state| state.slow.contains(&room)).await;
        self.look(|state| {
            let room = state.there_or_deleted(room).ok_or_else(Error::not_found)?;
            let newer: Vec<Message> = room.log.iter().filter(|message| message.seq > seq).cloned().collect();
            let limit = usize::try_from(limit).unwrap();
            let has_more = newer.len() > limit;
            Ok(Page { messages: newer.into_iter().take(limit).collect(), has_more })
        })
        .await
    }

    async fn members(&self, asked: &[(RoomId, Vec<UserId>)]) -> Result<Vec<RoomMembers>> {
        self.look(|state| {
            let members = asked.iter().filter_map(|(room_id, users)| {
                let room = state.there_or_deleted(*room_id)?;
                let users = users.iter().filter(|user| room.members.contains(user)).copied().collect();
                Some(RoomMembers { room_id: *room_id, members_rev: room.members_rev, users })
            });
            Ok(members.collect())
        })
        .await
    }

    async fn last_seqs(&self, rooms: &[RoomId], users: &[UserId]) -> Result<Positions> {
        self.look(|state| {
            let position = |user: &UserId| UserPosition {
                user_id: *user,
                rooms_rev: state.rooms_rev(*user),
                reads_rev: state.reads_rev(*user),
            };
            Ok(Positions {
                rooms: rooms.iter().filter_map(|room| state.position(*room)).collect(),
                users: users.iter().map(position).collect(),
            })
        })
        .await
    }

    async fn missed(&self, rooms: &[(RoomId, i64)], users: &[(UserId, i64)]) -> Result<Missed> {
        self.look(|state| {
            let changes = |(room_id, after): &(RoomId, i64)| {
                let room = state.rooms.get(room_id)?;
                let changes = room.changes.iter().filter(|change| change.members_rev > *after);
                let changes = changes.cloned().collect();
                Some(MemberChanges { room_id: *room_id, members_rev: room.members_rev, changes })
            };
            let marks = |(user_id, after): &(UserId, i64)| {
                let newer =
                    |((user, _), mark): &(&(UserId, RoomId), &Mark)| user == user_id && mark.rev > *after;
                let marks = state.marks.iter().filter(newer).map(|((_, room), mark)| (*room, mark.seq));
                ReadMarks { user_id: *user_id, reads_rev: state.reads_rev(*user_id), marks: marks.collect() }
            };
            Ok(Missed {
                rooms: rooms.iter().filter_map(changes).collect(),
                users: users.iter().map(marks).collect(),
            })
        })
        .await
    }

    async fn details(&self, rooms: &[RoomId]) -> Result<Vec<RoomDetails>> {
        self.look(|state| {
            Ok(rooms.iter().filter_map(|room| Some(state.rooms.get(room)?.details(*room))).collect())
        })
        .await
    }
}
