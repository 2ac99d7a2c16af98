//! The hub over the model of chat, on a paused clock.

use std::{collections::VecDeque, future::Future, sync::Arc, time::Duration};

use fanout::{Bus, Event, MemoryBus};
use futures::FutureExt;
use kit::{config::Secret, jwt::Tokens, revocations::Revocations, shutdown::Tasks};
use protocol::{RoomId, Seq, ServerEvent, SessionId, seams::Sender};
use tokio::time::{Instant, timeout};

use crate::{
    Config, Realtime, Rooms, Stats,
    closes::Close,
    frames::Frame,
    hub::{Peer, Scope},
    sinks::FRAMES_MAX,
    socket::connect::{Connected, connect},
};
use world::{Publish, World, user};

#[expect(dead_code, reason = "the tests over connections use the rest of it")]
#[path = "../../tests/it/world.rs"]
mod world;

mod connections;
mod details;
mod memberships;
mod missed;
mod order;
mod storms;

const ONE: RoomId = RoomId(1);
const TWO: RoomId = RoomId(2);
/// Contract, rule 7.
const HEALED_WITHIN: Duration = Duration::from_secs(5);

struct Setup {
    world: Arc<World>,
    realtime: Realtime,
    revocations: Revocations,
    tasks: Tasks,
}

struct Client {
    connected: Connected,
    frames: VecDeque<Frame>,
    events: VecDeque<ServerEvent>,
    close: Option<Close>,
}

fn setup() -> Setup {
    setup_with(Config::default())
}

fn setup_with(config: Config) -> Setup {
    let world = Arc::new(World::default());
    let bus = world.bus.clone();
    setup_over(world, &bus, config)
}

/// One of several over the same rooms, with a bus of its own.
fn setup_over(world: Arc<World>, bus: &MemoryBus, config: Config) -> Setup {
    let revocations = Revocations::new(Duration::from_secs(900));
    let tokens = Tokens::new(&Secret::new("0123456789abcdef0123456789abcdef"), revocations.clone());
    let tasks = Tasks::default();
    let realtime = Realtime::start_with(config, world.clone(), bus, tokens, &tasks);
    Setup { world, realtime, revocations, tasks }
}

impl Setup {
    async fn join(&self, user: &Sender, scope: Scope, session: SessionId) -> Result<Client, Close> {
        let connected = connect(&self.realtime, Ok(Peer { user: user.clone(), session, scope })).await?;
        Ok(Client::of(connected))
    }

    /// A connection that was told `connected`, with the rooms and positions that it was told.
    async fn connect(&self, user: &Sender, scope: Scope) -> (Client, Vec<(i64, i64)>) {
        let mut client = self.join(user, scope, SessionId::random()).await.expect("let in");
        match client.next().await {
            ServerEvent::System { rooms, user_id, .. } if user_id == user.user_id => {
                (client, rooms.iter().map(|room| (room.room_id.0, room.last_seq.0)).collect())
            }
            event => panic!("not connected: {event:?}"),
        }
    }

    async fn follow(&self, user: &Sender) -> Client {
        self.connect(user, Scope::All).await.0
    }

    async fn stats(&self, expected: Stats) {
        let reached = async {
            while self.realtime.stats() != expected {
                // The clock is paused: this waits for whatever else there is to do.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        assert!(timeout(HEALED_WITHIN, reached).await.is_ok(), "{:?}", self.realtime.stats());
    }
}

impl Client {
    fn of(connected: Connected) -> Self {
        Self { connected, frames: VecDeque::new(), events: VecDeque::new(), close: None }
    }

    async fn next(&mut self) -> ServerEvent {
        match timeout(Duration::from_secs(60), self.next_or_close()).await {
            Ok(Ok(event)) => event,
            other => panic!("no event but {other:?}"),
        }
    }

    async fn next_or_close(&mut self) -> Result<ServerEvent, Close> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                self.events.extend(frame.events());
            }
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            if let Some(close) = self.close {
                return Err(close);
            }
            (self.frames, self.close) = self.connected.outbox.take().await;
        }
    }

    /// The `seq` and content of the next event, which is a message.
    async fn message(&mut self) -> (i64, String) {
        match self.next().await {
            ServerEvent::Message { message, .. } => (message.seq.0, message.content),
            event => panic!("no message but {event:?}"),
        }
    }

    async fn closed(&mut self) -> Close {
        let closed = async {
            loop {
                if let Err(close) = self.next_or_close().await {
                    return close;
                }
            }
        };
        timeout(Duration::from_secs(60), closed).await.expect("never closed")
    }

    async fn added(&mut self, room: RoomId, user: &Sender) {
        let expected = ServerEvent::MemberAdded {
            room_id: room,
            user_id: user.user_id,
            username: user.username.clone(),
        };
        assert_eq!(self.next().await, expected);
    }

    async fn removed(&mut self, room: RoomId, user: &Sender) {
        let expected = ServerEvent::MemberRemoved {
            room_id: room,
            user_id: user.user_id,
            username: user.username.clone(),
        };
        assert_eq!(self.next().await, expected);
    }

    async fn renamed(&mut self, name: &str) {
        match self.next().await {
            ServerEvent::RoomUpdated { room } => assert_eq!(room.name, name),
            event => panic!("not renamed but {event:?}"),
        }
    }

    fn has_nothing(&mut self) -> bool {
        self.frames.is_empty() && self.events.is_empty() && self.next_or_close().now_or_never().is_none()
    }
}

async fn heals<T>(healing: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let healed = healing.await;
    assert!(begun.elapsed() <= HEALED_WITHIN, "took {:?}", begun.elapsed());
    healed
}
