//! Live rooms: handing out what their sequencers let through, and asking what these want to know.

use fanout::Topic;
use kit::{Error, Kind, Result};
use protocol::{
    RoomId, Seq, ServerEvent, UserId,
    seams::{Page, RoomMembers, RoomState},
};

use super::{
    Holder,
    actor::Actor,
    jobs::Outcome,
    sequencer::{Ask, Sequencer},
    told::Told,
};
use crate::{
    calls::{backoff, guarded},
    closes::Close,
    frames::Frame,
    metrics::Metrics,
    sinks::Sink,
};

/// Messages in one page of a repair.
const PAGE: u64 = protocol::messages::PAGE_MAX;

/// Messages in one write.
const JOINED_MAX: usize = 64;

pub(super) struct Room {
    pub generation: u64,
    pub sequencer: Sequencer<Frame, Vec<Carrier>>,
    /// The revision of its name and owner that everybody here was told or reads for themself.
    pub details_rev: i64,
    /// The changes of its members that everybody here was told or reads for themself.
    pub told: Told,
    pub leases: usize,
}

/// A socket that carries a room for its user.
#[derive(Debug, Clone)]
pub(super) struct Carrier {
    pub holder: Holder,
    pub sink: Sink,
    /// The connection carries this room only, and ends with the membership.
    pub is_bound: bool,
}

impl Room {
    /// Begins where the room stands; does nothing once it is open.
    pub fn open(&mut self, state: RoomState) {
        if !self.sequencer.is_open() {
            self.details_rev = self.details_rev.max(state.details_rev);
            self.told.reach(state.members_rev);
        }
        self.sequencer.open(state);
    }

    /// Leaves the user attached while another socket of theirs carries the room.
    pub fn remove_carriers(&mut self, user: UserId, which: impl Fn(&Carrier) -> bool) {
        let Some(carriers) = self.sequencer.members.get_mut(user) else { return };
        carriers.retain(|carrier| !which(carrier));
        if carriers.is_empty() {
            self.sequencer.members.detach(user);
        }
    }

    /// Hands a frame to everybody but `except`; returns who cannot take more.
    fn fan_out(&mut self, frame: &Frame, except: Option<UserId>, metrics: &Metrics) -> Vec<Holder> {
        let (mut full, mut sockets) = (Vec::new(), 0);
        for (_, carriers) in self.sequencer.members.iter_mut().filter(|(user, _)| Some(*user) != except) {
            for carrier in carriers {
                sockets += 1;
                if carrier.sink.push(frame.clone()).is_err() {
                    full.push(carrier.holder);
                }
            }
        }
        metrics.deliveries.inc_by(sockets * frame.count() as u64);
        full
    }
}

impl Actor {
    /// The live room of this id; from now on it is listened to.
    pub fn room(&mut self, room_id: RoomId) -> &mut Room {
        if !self.rooms.contains_key(&room_id) {
            self.listening.want(Topic::Room(room_id));
        }
        let generations = &mut self.generations;
        self.rooms.entry(room_id).or_insert_with(|| {
            *generations += 1;
            Room {
                generation: *generations,
                sequencer: Sequencer::opening(),
                details_rev: 0,
                told: Told::default(),
                leases: 0,
            }
        })
    }

    pub fn drop_if_idle(&mut self, room_id: RoomId) {
        let is_idle = |room: &Room| room.leases == 0 && room.sequencer.members.is_empty();
        if self.rooms.get(&room_id).is_some_and(is_idle) {
            self.rooms.remove(&room_id);
            self.listening.leave(Topic::Room(room_id));
        }
    }

    /// Hands out what is due, then asks for what is missing.
    pub fn advance(&mut self, room_id: RoomId) {
        let mut full = Vec::new();
        let Some(room) = self.rooms.get_mut(&room_id) else { return };
        let frames: Vec<Frame> = std::iter::from_fn(|| room.sequencer.next()).collect();
        for together in frames.chunks(JOINED_MAX) {
            full.extend(room.fan_out(&Frame::join(together), None, &self.hub.metrics));
        }
        let ask = room.sequencer.ask();
        let (generation, is_over) = (room.generation, room.sequencer.is_over());
        if let Some(ask) = ask {
            self.ask(room_id, generation, ask);
        }
        self.forget_all(full);
        if is_over {
            self.delete_room(room_id);
        }
    }

    pub fn broadcast(&mut self, room_id: RoomId, event: &ServerEvent, except: Option<UserId>) {
        let Some(room) = self.rooms.get_mut(&room_id) else { return };
        if room.sequencer.members.is_empty() {
            return;
        }
        let full = room.fan_out(&Frame::of(event), except, &self.hub.metrics);
        self.forget_all(full);
    }

    /// Sockets that could not take a frame have closed themselves.
    pub fn forget_all(&mut self, full: Vec<Holder>) {
        for holder in full {
            tracing::debug!("a client does not read: closed, it catches up when it comes back");
            self.forget(holder);
        }
    }

    pub fn observe(&mut self, state: RoomState) {
        let Some(room) = self.rooms.get_mut(&state.room_id) else { return };
        room.sequencer.observe(state.last_seq, state.members_rev);
        self.advance(state.room_id);
    }

    /// The room was deleted: whoever carries it is given what was committed before, then told.
    pub fn end_room(&mut self, room_id: RoomId) {
        if let Some(room) = self.rooms.get_mut(&room_id) {
            room.sequencer.end();
            self.advance(room_id);
        }
    }

    /// The room is gone for everybody.
    fn delete_room(&mut self, room_id: RoomId) {
        let Some(room) = self.rooms.get_mut(&room_id) else { return };
        room.sequencer.told();
        let frame = Frame::of(&ServerEvent::RoomDeleted { room_id });
        for (user_id, carriers) in room.sequencer.members.detach_all() {
            if let Some(user) = self.users.get_mut(&user_id) {
                user.rooms.remove(&room_id);
            }
            self.send_off(carriers, &frame, Close::DELETED);
        }
        self.drop_if_idle(room_id);
    }

    /// The last thing that sockets hear of a room; those bound to it close.
    pub fn send_off(&mut self, carriers: Vec<Carrier>, frame: &Frame, close: Close) {
        for carrier in carriers {
            let is_full = carrier.sink.push(frame.clone()).is_err();
            if carrier.is_bound {
                self.close(carrier.holder, close);
            } else if is_full {
                self.forget(carrier.holder);
            }
        }
    }

    fn ask(&mut self, room: RoomId, generation: u64, ask: Ask) {
        self.hub.metrics.repaired(match ask {
            Ask::Page { .. } => "messages",
            Ask::Members { .. } => "members",
        });
        let (source, timeout, asks) = (self.source.clone(), self.config.ask_timeout, self.asks.clone());
        self.jobs.spawn(async move {
            let _permit = asks.acquire().await;
            match ask {
                Ask::Page { after } => {
                    let result = guarded(timeout, source.after(room, after, PAGE)).await;
                    Outcome::Page { room, generation, result }
                }
                Ask::Members { users } => {
                    let asked = [(room, users)];
                    let result = guarded(timeout, source.members(&asked)).await;
                    let [(_, asked)] = asked;
                    Outcome::Members { room, generation, asked, result }
                }
            }
        });
    }

    pub fn page_read(&mut self, room_id: RoomId, generation: u64, result: Result<Page>) {
        let Some(room) = self.live(room_id, generation) else { return };
        let leads_on = match result {
            Ok(page) => {
                let messages = page.messages.into_iter().map(|m| (m.seq, Frame::message(m)));
                let messages: Vec<(Seq, Frame)> = messages.collect();
                room.sequencer.page(messages, page.has_more)
            }
            Err(Error::Refused(refusal)) if refusal.kind == Kind::NotFound && room.sequencer.is_ending() => {
                return self.delete_room(room_id);
            }
            Err(error) => {
                tracing::warn!(%error, room = room_id.0, "missing messages cannot be read");
                false
            }
        };
        self.go_on(room_id, generation, leads_on);
    }

    pub fn members_read(
        &mut self,
        room_id: RoomId,
        generation: u64,
        asked: &[UserId],
        result: Result<Vec<RoomMembers>>,
    ) {
        let Some(room) = self.live(room_id, generation) else { return };
        let leads_on = match result {
            Ok(answers) => match answers.iter().find(|answer| answer.room_id == room_id) {
                Some(answer) => {
                    let (gone, leads_on) = room.sequencer.members_read(asked, answer);
                    for (user_id, carriers) in gone {
                        if let Some(user) = self.users.get_mut(&user_id) {
                            user.leave(room_id, answer.members_rev);
                        }
                        self.detached(room_id, user_id, None, carriers);
                    }
                    leads_on
                }
                None => return self.delete_room(room_id),
            },
            Err(error) => {
                tracing::warn!(%error, room = room_id.0, "members cannot be read");
                false
            }
        };
        self.go_on(room_id, generation, leads_on);
    }

    pub fn retry_room(&mut self, room_id: RoomId, generation: u64) {
        if let Some(room) = self.live(room_id, generation) {
            room.sequencer.retry();
            self.advance(room_id);
        }
    }

    fn go_on(&mut self, room_id: RoomId, generation: u64, leads_on: bool) {
        if leads_on {
            self.advance(room_id);
        } else if let Some(room) = self.live(room_id, generation) {
            let pause = backoff(room.sequencer.failed());
            self.jobs.spawn(async move {
                tokio::time::sleep(pause).await;
                Outcome::RetryRoom { room: room_id, generation }
            });
        }
        self.drop_if_idle(room_id);
    }

    fn live(&mut self, room_id: RoomId, generation: u64) -> Option<&mut Room> {
        self.rooms.get_mut(&room_id).filter(|room| room.generation == generation)
    }
}
