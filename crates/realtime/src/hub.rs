//! The hub: one task that owns every live room, user and connection of the process, and never waits for I/O.
//! This file is how sockets speak to it.

mod actor;
mod comparisons;
mod connections;
mod details;
mod jobs;
mod listening;
mod members;
mod memberships;
mod missed;
mod reads;
mod rooms;
mod sequencer;
#[cfg(test)]
mod tests;
mod told;
mod users;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, AtomicUsize, Ordering},
};

use fanout::Bus;
use kit::{revocations::Revocations, shutdown::Tasks};
use protocol::{
    RoomId, SessionId,
    seams::{Opened, Sender, UserRooms},
};
use tokio::sync::{Notify, mpsc, oneshot};
use uuid::Uuid;

use crate::{
    Config, Rooms, Stats, closes::Close, lines::Pace, lookups::Lookups, metrics::Metrics, sinks::Sink,
};
use listening::Heard;

/// How many requests of sockets may wait for the hub; the next waits with its socket.
const COMMANDS_MAX: usize = 1024;

#[derive(Clone)]
pub(crate) struct Hub {
    commands: mpsc::Sender<Command>,
    /// A connection holds the room for its own departure from the start, so that leaving never waits.
    departures: mpsc::Sender<Holder>,
    holders: Arc<AtomicU64>,
    revoked: Arc<Revoked>,
    counts: Arc<Counts>,
    metrics: Metrics,
}

/// What the hub learns from.
pub(crate) struct Sources<'a> {
    pub rooms: Arc<dyn Rooms>,
    pub lookups: Lookups,
    pub bus: &'a dyn Bus,
    pub revocations: Revocations,
}

/// Whoever keeps rooms alive before users are attached to them: a connection, or a look at a user's rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Holder(u64);

/// What a connection carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Room(RoomId),
    /// Every room of the user, as they join and leave.
    All,
}

/// Who connects.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub user: Sender,
    pub session: SessionId,
    pub scope: Scope,
}

/// What was read after everything concerned was listened to.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    Room(Opened),
    All(UserRooms),
}

enum Command {
    Arrive { holder: Holder, id: Uuid, peer: Peer, sink: Sink, done: oneshot::Sender<()> },
    Lease { holder: Holder, rooms: Vec<RoomId>, heard: oneshot::Sender<Heard> },
    Register { holder: Holder, read: Read },
    CloseAll { done: oneshot::Sender<()> },
}

#[derive(Default)]
struct Revoked {
    sids: Mutex<Vec<SessionId>>,
    news: Notify,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    users: AtomicUsize,
    rooms: AtomicUsize,
    events_waiting: AtomicUsize,
}

/// A connection that the hub knows. Dropping it is leaving.
pub(crate) struct Presence {
    holder: Holder,
    leases: Leases,
    departure: Option<mpsc::OwnedPermit<Holder>>,
}

/// Keeps rooms listened to for a holder.
#[derive(Clone)]
pub(crate) struct Leases {
    holder: Holder,
    commands: mpsc::Sender<Command>,
}

impl Hub {
    pub fn start(
        config: Config,
        sources: Sources<'_>,
        pace: Arc<Pace>,
        metrics: Metrics,
        tasks: &Tasks,
    ) -> Self {
        let (commands, inbox) = mpsc::channel(COMMANDS_MAX);
        let (departures, departed) = mpsc::channel(config.connections_max);
        let hub = Self {
            commands,
            departures,
            holders: Arc::default(),
            revoked: Arc::default(),
            counts: Arc::default(),
            metrics,
        };
        let inputs = actor::Inputs {
            commands: inbox,
            departed,
            revoked: hub.revoked.clone(),
            counts: hub.counts.clone(),
        };
        let actor = actor::Actor::new(config, sources, pace, &hub);
        tasks.spawn(|stopping| actor.run(inputs, stopping));
        hub
    }

    /// Makes a connection known. It hears nothing before it is registered, but can be closed.
    pub async fn arrive(&self, id: Uuid, peer: Peer, sink: Sink) -> Result<Presence, Close> {
        let departure = self.departures.clone().try_reserve_owned().map_err(|_| Close::RESUME)?;
        let holder = self.new_holder();
        let leases = Leases { holder, commands: self.commands.clone() };
        let presence = Presence { holder, leases, departure: Some(departure) };
        let (done, is_done) = oneshot::channel();
        let command = Command::Arrive { holder, id, peer, sink, done };
        self.commands.send(command).await.map_err(|_| Close::RESTART)?;
        is_done.await.map_err(|_| Close::RESTART)?;
        Ok(presence)
    }

    pub fn revoke(&self, sids: &[SessionId]) {
        self.revoked.sids.lock().unwrap_or_else(PoisonError::into_inner).extend(sids);
        self.revoked.news.notify_one();
    }

    /// Tells every socket to close, and those that come later.
    pub async fn close_all(&self) {
        let (done, is_done) = oneshot::channel();
        // A hub that is gone has closed its sockets.
        if self.commands.send(Command::CloseAll { done }).await.is_ok() {
            drop(is_done.await);
        }
    }

    pub fn stats(&self) -> Stats {
        Stats {
            connections: self.counts.connections.load(Ordering::Relaxed),
            users: self.counts.users.load(Ordering::Relaxed),
            rooms: self.counts.rooms.load(Ordering::Relaxed),
        }
    }

    /// As of when the hub last turned to something.
    pub fn events_waiting(&self) -> usize {
        self.counts.events_waiting.load(Ordering::Relaxed)
    }

    pub fn commands_waiting(&self) -> usize {
        self.commands.max_capacity() - self.commands.capacity()
    }

    fn new_holder(&self) -> Holder {
        Holder(self.holders.fetch_add(1, Ordering::Relaxed))
    }
}

impl Presence {
    pub fn leases(&self) -> &Leases {
        &self.leases
    }

    /// From here on the connection hears; `connected` comes first.
    pub async fn register(&self, read: Read) -> Result<(), Close> {
        let command = Command::Register { holder: self.holder, read };
        self.leases.commands.send(command).await.map_err(|_| Close::RESTART)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if let Some(departure) = self.departure.take() {
            departure.send(self.holder);
        }
    }
}

impl Leases {
    /// Listens to these rooms, and to the user of a connection; `None` if the hub or the holder is gone.
    pub async fn lease(&self, rooms: Vec<RoomId>) -> Option<Heard> {
        let (heard, is_heard) = oneshot::channel();
        self.commands.send(Command::Lease { holder: self.holder, rooms, heard }).await.ok()?;
        is_heard.await.ok()
    }
}
