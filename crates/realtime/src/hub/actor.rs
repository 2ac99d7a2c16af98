//! The hub's task: what it owns, and what it turns to next. Everything that may take time is a job whose outcome
//! comes back here, so that one slow room holds up no other.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use fanout::{Deliveries, Delivery, Interest, Topic};
use futures::FutureExt;
use kit::revocations::Revocations;
use protocol::{RoomId, UserId};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
    time::MissedTickBehavior,
};
use tokio_util::sync::CancellationToken;

use super::{
    Command, Counts, Holder, Hub, Revoked, Sources,
    comparisons::Comparing,
    connections::Connection,
    jobs::{ASKS_MAX, Outcome},
    listening::Listening,
    rooms::Room,
    users::User,
};
use crate::{Config, Rooms, closes::Close, lines::Pace, lookups::Lookups};

/// Events that are looked at before their messages are handed out: fewer than a sequencer holds.
const TOGETHER_MAX: usize = 128;

pub(super) struct Actor {
    pub config: Config,
    pub source: Arc<dyn Rooms>,
    pub lookups: Lookups,
    pub revocations: Revocations,
    pub hub: Hub,
    pub pace: Arc<Pace>,
    pub interest: Arc<dyn Interest>,
    pub deliveries: Option<Box<dyn Deliveries>>,
    pub listening: Listening,
    pub connections: HashMap<Holder, Connection>,
    pub users: HashMap<UserId, User>,
    pub rooms: HashMap<RoomId, Room>,
    /// Rooms with messages that were not handed out yet.
    pub stirred: Vec<RoomId>,
    /// Rooms that are kept for those who are about to read and register.
    pub leases: HashMap<Holder, Vec<RoomId>>,
    pub jobs: JoinSet<Outcome>,
    /// Questions about single rooms at a time.
    pub asks: Arc<Semaphore>,
    pub comparing: Comparing,
    /// Tells an answer for a room or user that is live from one for its predecessor of the same id.
    pub generations: u64,
    pub is_closing: bool,
}

pub(super) struct Inputs {
    pub commands: mpsc::Receiver<Command>,
    pub departed: mpsc::Receiver<Holder>,
    pub revoked: Arc<Revoked>,
    pub counts: Arc<Counts>,
}

impl Actor {
    pub fn new(config: Config, sources: Sources<'_>, pace: Arc<Pace>, hub: &Hub) -> Self {
        let Sources { rooms: source, lookups, bus, revocations } = sources;
        let (interest, deliveries) = bus.subscribe();
        Self {
            config,
            source,
            lookups,
            revocations,
            hub: hub.clone(),
            pace,
            stirred: Vec::new(),
            interest: interest.into(),
            deliveries: Some(deliveries),
            listening: Listening::default(),
            connections: HashMap::new(),
            users: HashMap::new(),
            rooms: HashMap::new(),
            leases: HashMap::new(),
            jobs: JoinSet::new(),
            asks: Arc::new(Semaphore::new(ASKS_MAX)),
            comparing: Comparing::default(),
            generations: 0,
            is_closing: false,
        }
    }

    pub async fn run(mut self, mut inputs: Inputs, stopping: CancellationToken) {
        let mut compare = tokio::time::interval(self.config.compare_every);
        compare.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                delivery = next(&mut self.deliveries), if self.pace.is_kept() => self.deliver_all(delivery),
                () = self.pace.kept(), if !self.pace.is_kept() => {}
                Some(outcome) = self.jobs.join_next(), if !self.jobs.is_empty() => match outcome {
                    Ok(outcome) => self.finish(outcome),
                    Err(error) => tracing::error!(%error, "a job of the hub failed"),
                },
                Some(command) = inputs.commands.recv() => self.obey(command),
                Some(holder) = inputs.departed.recv() => self.forget(holder),
                () = inputs.revoked.news.notified() => self.revoke(&inputs.revoked),
                _ = compare.tick() => self.compare(),
                () = stopping.cancelled() => break,
            }
            self.change_interest();
            inputs.counts.set(&self);
        }
        self.close_all();
    }

    pub fn new_generation(&mut self) -> u64 {
        self.generations += 1;
        self.generations
    }

    /// This one, and what came with it or while the last ones were written: the messages of a room go out together.
    fn deliver_all(&mut self, first: Option<Delivery>) {
        let mut delivery = Some(first);
        let mut left = TOGETHER_MAX;
        while let Some(one) = delivery.take() {
            self.deliver(one);
            left -= 1;
            if left > 0 {
                delivery = next(&mut self.deliveries).now_or_never();
            }
        }
        self.settle();
    }

    fn deliver(&mut self, delivery: Option<Delivery>) {
        match delivery {
            Some(Delivery::Event(topic, event)) => self.handle(topic, &event),
            Some(Delivery::Missed) => {
                self.hub.metrics.repaired("events");
                tracing::warn!("events were missed: comparing everything with the database");
                self.compare_again();
            }
            None => {
                tracing::error!("the bus is gone: only comparing goes on");
                self.deliveries = None;
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Arrive { holder, id, peer, sink, done } => {
                self.arrive(holder, id, peer, sink);
                if done.send(()).is_err() {
                    // Its departure may have been heard before its arrival.
                    self.forget(holder);
                }
            }
            Command::Lease { holder, rooms, heard } => {
                // A holder that is gone gets no answer.
                if let Some(topics) = self.lease(holder, rooms) {
                    self.listening.when_heard(topics, heard);
                }
            }
            Command::Register { holder, read } => self.register(holder, read),
            Command::CloseAll { done } => {
                self.close_all();
                // Whoever gave up waiting is not told.
                done.send(()).ok();
            }
        }
    }

    fn revoke(&mut self, revoked: &Revoked) {
        let sids = std::mem::take(&mut *revoked.sids.lock().unwrap_or_else(PoisonError::into_inner));
        let sids: std::collections::HashSet<_> = sids.into_iter().collect();
        let ended = self.connections.iter().filter(|(_, connection)| sids.contains(&connection.session));
        for holder in ended.map(|(holder, _)| *holder).collect::<Vec<_>>() {
            self.close(holder, Close::REVOKED);
        }
    }

    fn close_all(&mut self) {
        self.is_closing = true;
        for holder in self.connections.keys().copied().collect::<Vec<_>>() {
            self.close(holder, Close::RESTART);
        }
    }

    /// Keeps the room of each id listened to until `release`; `None` for a holder that is not known.
    fn lease(&mut self, holder: Holder, rooms: Vec<RoomId>) -> Option<Vec<Topic>> {
        let leased = self.leases.get_mut(&holder)?;
        leased.extend(&rooms);
        let user = self.connections.get(&holder).map(|connection| Topic::User(connection.user));
        let topics = rooms.iter().map(|room| Topic::Room(*room)).chain(user).collect();
        for room in rooms {
            self.room(room).leases += 1;
        }
        Some(topics)
    }

    pub fn release(&mut self, holder: Holder) {
        for room_id in self.leases.remove(&holder).unwrap_or_default() {
            if let Some(room) = self.rooms.get_mut(&room_id) {
                room.leases -= 1;
            }
            self.drop_if_idle(room_id);
        }
    }
}

impl Counts {
    fn set(&self, actor: &Actor) {
        let set = |count: &AtomicUsize, value| count.store(value, Ordering::Relaxed);
        set(&self.connections, actor.connections.len());
        set(&self.users, actor.users.len());
        set(&self.rooms, actor.rooms.len());
        set(&self.events_waiting, actor.deliveries.as_ref().map_or(0, |deliveries| deliveries.waiting()));
    }
}

/// Never completes once the bus is gone.
async fn next(deliveries: &mut Option<Box<dyn Deliveries>>) -> Option<Delivery> {
    match deliveries {
        Some(deliveries) => deliveries.next().await,
        None => std::future::pending().await,
    }
}
