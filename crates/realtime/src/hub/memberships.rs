//! What events do: to a room's order, to who hears it, and to what a user's connections carry. Every event may be
//! late or doubled; revisions and `seq` tell.

use fanout::{Event, Topic};
use kit::fault_points::Mistake;
use protocol::{Message, RoomId, Seq, ServerEvent, UserId, seams::RoomState};

use super::actor::Actor;
use crate::frames::Frame;

/// Joining or leaving, as both topics of it say.
struct Membership<'a> {
    room_id: RoomId,
    user_id: UserId,
    username: &'a str,
    members_rev: i64,
    rooms_rev: i64,
    /// The room's copy tells the others; the user's copy comes besides.
    is_rooms_copy: bool,
}

impl Actor {
    pub fn handle(&mut self, topic: Topic, event: &Event) {
        let is_rooms_copy = matches!(topic, Topic::Room(_));
        if let Event::Message { message, members_rev } = event {
            return self.message(message, *members_rev);
        }
        // What came before goes out before.
        self.settle();
        match event {
            Event::MemberAdded { room_id, user_id, username, members_rev, rooms_rev } => {
                self.member_added(&Membership {
                    room_id: *room_id,
                    user_id: *user_id,
                    username,
                    members_rev: *members_rev,
                    rooms_rev: *rooms_rev,
                    is_rooms_copy,
                });
            }
            Event::MemberRemoved { room_id, user_id, username, members_rev, rooms_rev, .. } => {
                self.member_removed(&Membership {
                    room_id: *room_id,
                    user_id: *user_id,
                    username,
                    members_rev: *members_rev,
                    rooms_rev: *rooms_rev,
                    is_rooms_copy,
                });
            }
            Event::RoomUpdated { room, details_rev } => self.updated(room, *details_rev),
            Event::RoomDeleted { room_id } => self.end_room(*room_id),
            Event::Read { user_id, room_id, seq } => {
                self.read(*user_id, *room_id, *seq);
            }
            // Not listened to here: the process as a whole does.
            Event::Message { .. } | Event::SessionsRevoked { .. } | Event::AccountsChanged => {}
        }
    }

    fn message(&mut self, message: &Message, members_rev: i64) {
        let Some(room) = self.rooms.get_mut(&message.room_id) else { return };
        if room.sequencer.is_news(message.seq) {
            room.sequencer.message(message.seq, members_rev, Frame::message(message.clone()));
            if !self.stirred.contains(&message.room_id) {
                self.stirred.push(message.room_id);
            }
        }
    }

    /// Hands out the messages that came.
    pub fn settle(&mut self) {
        for room_id in std::mem::take(&mut self.stirred) {
            self.advance(room_id);
        }
    }

    fn member_added(&mut self, change: &Membership<'_>) {
        let &Membership { room_id, user_id, members_rev, rooms_rev, .. } = change;
        let mut delivered = None;
        if let Some(room) = self.rooms.get_mut(&room_id) {
            room.sequencer.members.added(members_rev);
            delivered = room.sequencer.is_open().then(|| room.sequencer.delivered());
        }
        self.tell_once(change, true);
        // A room that is live here is joined at once. Any other is listened to and read first.
        if let Some(user) = self.users.get_mut(&user_id) {
            user.wanted = user.wanted.max(rooms_rev);
            let is_next = user.known.is_some_and(|known| known + 1 == rooms_rev);
            if let (true, Some(last_seq)) = (is_next, delivered) {
                user.known = Some(rooms_rev);
                // The room is open, so its details are known.
                self.follow(user_id, RoomState { room_id, last_seq, members_rev, details_rev: 0 });
            }
            self.look_if_behind(user_id);
        }
        self.advance(room_id);
    }

    fn tell_once(&mut self, change: &Membership<'_>, joined: bool) {
        let &Membership { room_id, user_id, username, members_rev, .. } = change;
        let room = self.rooms.get_mut(&room_id).filter(|_| change.is_rooms_copy);
        if room.is_some_and(|room| room.told.tells(user_id, members_rev)) {
            self.tell_others(room_id, user_id, username, joined);
        }
    }

    /// Whoever it is about hears of it when their sockets begin or end to carry the room.
    pub fn tell_others(&mut self, room_id: RoomId, user_id: UserId, username: &str, joined: bool) {
        let username = username.to_owned();
        let event = if joined {
            ServerEvent::MemberAdded { room_id, user_id, username }
        } else {
            ServerEvent::MemberRemoved { room_id, user_id, username }
        };
        self.broadcast(room_id, &event, Some(user_id));
    }

    fn member_removed(&mut self, change: &Membership<'_>) {
        if Mistake::MembersLate.is_planted() {
            return;
        }
        let &Membership { room_id, user_id, username, members_rev, rooms_rev, .. } = change;
        if let Some(room) = self.rooms.get_mut(&room_id)
            && let Some(carriers) = room.sequencer.members.removed(user_id, members_rev)
        {
            self.detached(room_id, user_id, Some(username), carriers);
        }
        self.tell_once(change, false);
        if let Some(user) = self.users.get_mut(&user_id) {
            user.leave(room_id, members_rev);
            user.wanted = user.wanted.max(rooms_rev);
            if user.known.is_some_and(|known| known + 1 == rooms_rev) {
                user.known = Some(rooms_rev);
            }
            self.look_if_behind(user_id);
        }
        self.advance(room_id);
        self.drop_if_idle(room_id);
    }

    /// To the reader's own connections that carry the room; `false` if they were told so far before.
    pub fn read(&mut self, user_id: UserId, room_id: RoomId, seq: Seq) -> bool {
        let Some(room) = self.rooms.get_mut(&room_id) else { return false };
        let Some(carriers) = room.sequencer.members.get_mut(user_id) else { return false };
        if !self.users.get_mut(&user_id).is_some_and(|user| user.reads.tells(room_id, seq)) {
            return false;
        }
        let frame = Frame::of(&ServerEvent::Read { room_id, seq });
        let full = carriers.iter().filter(|carrier| carrier.sink.push(frame.clone()).is_err());
        let full = full.map(|carrier| carrier.holder).collect();
        self.forget_all(full);
        true
    }
}
