//! Connections: from arriving over being registered to being forgotten, each exactly once.

use protocol::{
    RoomId, Seq, ServerEvent, SessionId, UserId,
    events::{RoomPosition, SystemEvent},
    seams::{Opened, UserRooms},
};
use uuid::Uuid;

use super::{Holder, Peer, Read, Scope, actor::Actor, rooms::Carrier};
use crate::{closes::Close, frames::Frame, sinks::Sink};

pub(super) struct Connection {
    pub id: Uuid,
    pub user: UserId,
    pub session: SessionId,
    pub scope: Scope,
    pub sink: Sink,
}

impl Actor {
    pub fn arrive(&mut self, holder: Holder, id: Uuid, peer: Peer, sink: Sink) {
        if self.is_closing {
            sink.close(Close::RESTART);
            return;
        }
        let Peer { user, session, scope } = peer;
        let user_id = user.user_id;
        let open = self.users.get(&user_id).map_or(0, |user| user.connections.len());
        if open >= self.config.connections_of_user_max {
            sink.close(Close::TOO_MANY);
            return;
        }
        self.user(user).connections.push(holder);
        self.leases.insert(holder, Vec::new());
        self.connections.insert(holder, Connection { id, user: user_id, session, scope, sink });
    }

    /// Attaches and says `connected` in one step: whatever was handed out before was committed before it is said.
    pub fn register(&mut self, holder: Holder, read: Read) {
        let Some(connection) = self.connections.get(&holder) else { return };
        // It may have ended between the look at the token and its arrival here.
        if self.revocations.contains(connection.session) {
            self.close(holder, Close::REVOKED);
            return;
        }
        let user = connection.user;
        let positions = match read {
            Read::Room(opened) => self.register_room(holder, user, opened),
            Read::All(read) => self.register_all(holder, user, &read),
        };
        let Some(connection) = self.connections.get(&holder) else { return };
        let connected = ServerEvent::System {
            event: SystemEvent::Connected,
            connection_id: connection.id,
            user_id: user,
            rooms: positions.clone(),
        };
        // Nothing was pushed before: the backlog is empty and takes it.
        if connection.sink.push(Frame::of(&connected)).is_err() {
            self.forget(holder);
        }
        self.release(holder);
        for position in positions {
            self.advance(position.room_id);
        }
        self.look_if_behind(user);
    }

    /// Tells the socket to close and forgets it at once.
    pub fn close(&mut self, holder: Holder, close: Close) {
        if let Some(connection) = self.connections.get(&holder) {
            connection.sink.close(close);
        }
        self.forget(holder);
    }

    pub fn forget(&mut self, holder: Holder) {
        let Some(connection) = self.connections.remove(&holder) else { return };
        let rooms = self.forget_user(connection.user, holder);
        let room = match connection.scope {
            Scope::Room(room) => Some(room),
            Scope::All => None,
        };
        for room_id in rooms.into_iter().chain(room) {
            if let Some(room) = self.rooms.get_mut(&room_id) {
                room.remove_carriers(connection.user, |carrier| carrier.holder == holder);
            }
            self.drop_if_idle(room_id);
        }
        self.release(holder);
    }

    fn register_room(&mut self, holder: Holder, user_id: UserId, opened: Opened) -> Vec<RoomPosition> {
        let Opened { state, read_rev } = opened;
        let carrier = self.carrier(holder);
        if let Some(user) = self.users.get_mut(&user_id) {
            user.reads.begin(read_rev);
        }
        let room = self.room(state.room_id);
        room.open(state);
        let last_seq = room.sequencer.delivered().max(state.last_seq);
        room.sequencer.members.attach(user_id, state.members_rev).extend(carrier);
        vec![RoomPosition { room_id: state.room_id, last_seq }]
    }

    fn register_all(&mut self, holder: Holder, user_id: UserId, read: &UserRooms) -> Vec<RoomPosition> {
        self.reconcile(user_id, read);
        let carrier = self.carrier(holder);
        let Some(user) = self.users.get_mut(&user_id) else { return Vec::new() };
        user.followers.extend(carrier.clone());
        user.reads.begin(read.reads_rev);
        let mut positions = Vec::new();
        for room_id in &user.rooms {
            let Some(room) = self.rooms.get_mut(room_id) else { continue };
            // Deleted: only who carried it before is told of its end.
            if room.sequencer.is_ending() {
                continue;
            }
            if let Some(carriers) = room.sequencer.members.get_mut(user_id) {
                carriers.extend(carrier.clone());
            }
            let last_seq = room.sequencer.delivered().max(last_seq(read, *room_id));
            positions.push(RoomPosition { room_id: *room_id, last_seq });
        }
        positions.sort_by_key(|position| position.room_id);
        positions
    }

    fn carrier(&self, holder: Holder) -> Option<Carrier> {
        let connection = self.connections.get(&holder)?;
        let is_bound = matches!(connection.scope, Scope::Room(_));
        Some(Carrier { holder, sink: connection.sink.clone(), is_bound })
    }
}

fn last_seq(read: &UserRooms, room: RoomId) -> Seq {
    read.rooms.iter().find(|state| state.room_id == room).map_or(Seq::ZERO, |state| state.last_seq)
}
