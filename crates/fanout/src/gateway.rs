//! The bus of the AWS shape: events go straight to the sockets that API Gateway holds, whose connections are rows of a
//! DynamoDB table. Nothing listens in between.

mod connections;
mod fan_out;
mod posts;
mod revoking;
mod rows;
mod tickets;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::future::BoxFuture;
use kit::{Result, shutdown::Tasks, telemetry::Throttle};
use protocol::{RoomId, SessionId, Timestamp, UserId};
use tokio::sync::mpsc;

pub use connections::{Connection, Connections, Scope};
pub use posts::{Outcome, Posts};

use crate::{Bus, Deliveries, Event, Interest, MemoryBus};
use fan_out::FanOut;
use revoking::Revoked;
use tickets::{Ticket, Tickets};

/// Events that may wait to be posted.
const QUEUE_MAX: usize = 16 * 1024;

/// Which of these users are members of a room now; asked after the commit of whatever is posted.
pub type Members = Arc<dyn Fn(RoomId, Vec<UserId>) -> BoxFuture<'static, Result<Vec<UserId>>> + Send + Sync>;

/// Also tells the listeners of this process.
#[derive(Clone)]
pub struct GatewayBus(Arc<Inner>);

struct Inner {
    local: MemoryBus,
    queue: mpsc::Sender<Queued>,
    tickets: Tickets,
    /// Until it is started.
    waiting: Mutex<Option<mpsc::Receiver<Queued>>>,
    connections: Connections,
    posts: Posts,
    revoked: Revoked,
    dropped: Throttle,
}

struct Queued {
    event: Event,
    ticket: Ticket,
}

impl GatewayBus {
    pub fn new(connections: Connections, posts: Posts) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        Self(Arc::new(Inner {
            local: MemoryBus::default(),
            queue,
            tickets: Tickets::default(),
            waiting: Mutex::new(Some(waiting)),
            connections,
            posts,
            revoked: Revoked::default(),
            dropped: Throttle::default(),
        }))
    }

    /// Posts what was published and will be. Called once, when there is somebody to ask about members.
    pub fn start(&self, members: Members, tasks: &Tasks) {
        let waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(waiting) = waiting else { return };
        let Inner { connections, posts, .. } = &*self.0;
        let fan_out = FanOut::new(connections.clone(), posts.clone(), members);
        tasks.spawn(|stopping| fan_out.run(waiting, stopping));
    }

    /// Closes the connections of these sessions. Those that were closed before are not looked for again.
    pub fn revoke(&self, sids: &[SessionId]) {
        let sids = self.0.revoked.news(sids);
        if !sids.is_empty() && !self.0.enqueue(Event::SessionsRevoked { sids: sids.clone() }) {
            self.0.revoked.forget(&sids);
        }
    }
}

impl Inner {
    /// `false` if it was dropped.
    fn enqueue(&self, event: Event) -> bool {
        let is_taken = self.queue.try_send(Queued { event, ticket: self.tickets.issue() }).is_ok();
        if !is_taken && let Some(before) = self.dropped.pass() {
            tracing::warn!(before, "events are not posted: too many wait");
        }
        is_taken
    }
}

#[async_trait]
impl Bus for GatewayBus {
    /// Never waits: what cannot be queued is dropped, and clients find it by reading.
    async fn publish(&self, events: Vec<Event>) {
        for event in &events {
            if !matches!(event, Event::AccountsChanged) {
                self.0.enqueue(event.clone());
            }
        }
        self.0.local.publish(events).await;
    }

    fn told_until(&self) -> Option<Timestamp> {
        Some(self.0.tickets.oldest())
    }

    fn subscribe(&self) -> (Box<dyn Interest>, Box<dyn Deliveries>) {
        self.0.local.subscribe()
    }
}
