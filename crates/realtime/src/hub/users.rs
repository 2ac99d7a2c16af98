//! Live users: the rooms that their all-rooms connections carry, following what they join and leave.

use std::collections::{HashMap, HashSet};

use fanout::Topic;
use kit::Result;
use protocol::{
    RoomId, ServerEvent, UserId,
    seams::{RoomState, Sender, UserRooms},
};

use super::{Holder, Leases, actor::Actor, jobs::Outcome, reads::Reads, rooms::Carrier};
use crate::{calls::backoff, closes::Close, frames::Frame};

pub(super) struct User {
    pub sender: Sender,
    pub generation: u64,
    /// Everything of theirs that is open, connections that are not registered yet included.
    pub connections: Vec<Holder>,
    /// Their all-rooms connections.
    pub followers: Vec<Carrier>,
    /// The rooms that these carry, as of revision `known`; `None` without such a connection.
    pub rooms: HashSet<RoomId>,
    pub known: Option<i64>,
    /// The highest revision that is known to exist.
    pub wanted: i64,
    /// When they were not in a room, by its `members_rev`: what was read before does not bring it back.
    left: HashMap<RoomId, i64>,
    pub reads: Reads,
    /// One look at their rooms at a time, the pause after a failed one included.
    is_looking: bool,
    failures: u32,
}

impl User {
    /// They were not in the room at this revision of it.
    pub fn leave(&mut self, room: RoomId, members_rev: i64) {
        let left = self.left.entry(room).or_insert(members_rev);
        *left = members_rev.max(*left);
    }

    fn is_behind(&self) -> bool {
        self.known.is_some_and(|known| self.wanted > known)
    }
}

impl Actor {
    /// The live user; from now on they are listened to.
    pub fn user(&mut self, sender: Sender) -> &mut User {
        let user_id = sender.user_id;
        if !self.users.contains_key(&user_id) {
            self.listening.want(Topic::User(user_id));
        }
        let generation = self.new_generation();
        let user = self.users.entry(user_id).or_insert_with(|| User {
            sender: sender.clone(),
            generation,
            connections: Vec::new(),
            followers: Vec::new(),
            rooms: HashSet::new(),
            known: None,
            wanted: 0,
            left: HashMap::new(),
            reads: Reads::default(),
            is_looking: false,
            failures: 0,
        });
        // The latest token has the latest name.
        user.sender = sender;
        user
    }

    /// Takes a connection from its user; returns the rooms that it carried as a follower.
    pub fn forget_user(&mut self, user_id: UserId, holder: Holder) -> Vec<RoomId> {
        let Some(user) = self.users.get_mut(&user_id) else { return Vec::new() };
        user.connections.retain(|other| *other != holder);
        let is_follower = user.followers.iter().any(|carrier| carrier.holder == holder);
        user.followers.retain(|carrier| carrier.holder != holder);
        let rooms = if is_follower { user.rooms.iter().copied().collect() } else { Vec::new() };
        if user.followers.is_empty() {
            user.rooms.clear();
            user.known = None;
        }
        if user.connections.is_empty() {
            self.users.remove(&user_id);
            self.listening.leave(Topic::User(user_id));
        }
        rooms
    }

    /// Makes the followers carry what was read, unless it is older than what is known. The rooms must be leased.
    pub fn reconcile(&mut self, user_id: UserId, read: &UserRooms) {
        let Some(user) = self.users.get_mut(&user_id) else { return };
        user.wanted = user.wanted.max(read.rooms_rev);
        if user.known.is_some_and(|known| read.rooms_rev < known) {
            return;
        }
        user.known = Some(read.rooms_rev);
        let listed: HashSet<RoomId> = read.rooms.iter().map(|state| state.room_id).collect();
        // Who carries a deleted room is told when it is over.
        let is_ending =
            |room_id: &RoomId| self.rooms.get(room_id).is_some_and(|room| room.sequencer.is_ending());
        let left: Vec<RoomId> =
            user.rooms.difference(&listed).filter(|room_id| !is_ending(room_id)).copied().collect();
        for room_id in left {
            if read.deleted.contains(&room_id) {
                self.end_room(room_id);
            } else {
                self.unfollow(user_id, room_id);
            }
        }
        for state in &read.rooms {
            self.follow(user_id, *state);
        }
    }

    /// Carries a live room from now on; tells so unless it was carried before.
    pub fn follow(&mut self, user_id: UserId, state: RoomState) {
        let room_id = state.room_id;
        let Some(user) = self.users.get_mut(&user_id) else { return };
        let Some(room) = self.rooms.get_mut(&room_id) else { return };
        let is_over = room.sequencer.is_ending() && !user.rooms.contains(&room_id);
        if is_over || user.left.get(&room_id) >= Some(&state.members_rev) {
            return;
        }
        room.open(state);
        let carriers = room.sequencer.members.attach(user_id, state.members_rev);
        if user.rooms.insert(room_id) {
            carriers.extend(user.followers.clone());
            let username = user.sender.username.clone();
            let frame = Frame::of(&ServerEvent::MemberAdded { room_id, user_id, username });
            self.tell_followers(user_id, &frame);
        }
    }

    /// Somebody's sockets lost a room; `username` as the event says, where there was one.
    pub fn detached(
        &mut self,
        room_id: RoomId,
        user_id: UserId,
        username: Option<&str>,
        carriers: Vec<Carrier>,
    ) {
        let Some(user) = self.users.get_mut(&user_id) else { return };
        user.rooms.remove(&room_id);
        let username = username.unwrap_or(&user.sender.username).to_owned();
        let frame = Frame::of(&ServerEvent::MemberRemoved { room_id, user_id, username });
        self.send_off(carriers, &frame, Close::REMOVED);
    }

    /// Reads the user's rooms if there is a revision that we do not know.
    pub fn look_if_behind(&mut self, user_id: UserId) {
        let Some(user) = self.users.get_mut(&user_id).filter(|user| user.is_behind() && !user.is_looking)
        else {
            return;
        };
        self.hub.metrics.repaired("rooms");
        user.is_looking = true;
        let (generation, sender) = (user.generation, user.sender.clone());
        let holder = self.hub.new_holder();
        self.leases.insert(holder, Vec::new());
        let leases = Leases { holder, commands: self.hub.commands.clone() };
        let lookups = self.lookups.clone();
        let timeout = self.config.connect_timeout;
        self.jobs.spawn(async move {
            let result = crate::calls::guarded(timeout, lookups.rooms_of(&sender, &leases)).await;
            Outcome::Rooms { user: user_id, generation, holder, result }
        });
    }

    pub fn rooms_read(
        &mut self,
        user_id: UserId,
        generation: u64,
        holder: Holder,
        result: Result<UserRooms>,
    ) {
        if self.users.get(&user_id).is_some_and(|user| user.generation == generation) {
            match result {
                Ok(read) => self.looked(user_id, &read),
                Err(error) => tracing::warn!(%error, "the rooms of a user cannot be read"),
            }
            self.look_again(user_id, generation);
        }
        self.release(holder);
    }

    pub fn retry_user(&mut self, user_id: UserId, generation: u64) {
        if let Some(user) = self.users.get_mut(&user_id).filter(|user| user.generation == generation) {
            user.is_looking = false;
            self.look_if_behind(user_id);
        }
    }

    fn looked(&mut self, user_id: UserId, read: &UserRooms) {
        // Without followers any more there is nothing to carry.
        if self.users.get(&user_id).is_some_and(|user| user.known.is_some()) {
            self.reconcile(user_id, read);
            for state in &read.rooms {
                self.advance(state.room_id);
            }
        }
    }

    fn look_again(&mut self, user_id: UserId, generation: u64) {
        let Some(user) = self.users.get_mut(&user_id) else { return };
        if !user.is_behind() {
            user.is_looking = false;
            user.failures = 0;
            return;
        }
        user.failures += 1;
        let pause = backoff(user.failures);
        self.jobs.spawn(async move {
            tokio::time::sleep(pause).await;
            Outcome::RetryUser { user: user_id, generation }
        });
    }

    fn unfollow(&mut self, user_id: UserId, room_id: RoomId) {
        let Some(user) = self.users.get_mut(&user_id) else { return };
        user.rooms.remove(&room_id);
        let username = user.sender.username.clone();
        if let Some(room) = self.rooms.get_mut(&room_id) {
            // A one-room connection may have been let in later than this was read: the room's own revision decides.
            room.remove_carriers(user_id, |carrier| !carrier.is_bound);
        }
        self.tell_followers(user_id, &Frame::of(&ServerEvent::MemberRemoved { room_id, user_id, username }));
        self.drop_if_idle(room_id);
    }

    fn tell_followers(&mut self, user_id: UserId, frame: &Frame) {
        let Some(user) = self.users.get(&user_id) else { return };
        let full = user.followers.iter().filter(|carrier| carrier.sink.push(frame.clone()).is_err());
        let full = full.map(|carrier| carrier.holder).collect();
        self.forget_all(full);
    }
}
