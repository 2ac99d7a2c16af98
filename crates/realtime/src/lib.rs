//! Sockets: what clients say, and what they hear in the order in which it was committed.

mod calls;
mod closes;
mod config;
mod frames;
mod hub;
pub mod invitations;
mod lines;
mod lookups;
mod metrics;
mod remote;
mod rooms;
pub mod session;
mod sinks;
mod socket;
mod threads;

use std::{sync::Arc, time::Duration};

use axum::routing::get;
use fanout::Bus;
use kit::{jwt::Tokens, shutdown::Tasks};
use protocol::SessionId;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

pub use config::Config;
pub use invitations::Invitation;
pub use remote::RemoteRooms;
pub use rooms::Rooms;

use hub::{Hub, Sources};
use lines::Shards;
use lookups::Lookups;
use metrics::Metrics;

/// Rooms opened for connecting clients at a time.
const OPENS_MAX: usize = 16;
/// What closing all sockets may take.
const CLOSE_ALL_TIMEOUT: Duration = Duration::from_millis(2800);

/// The open sockets of this process.
#[derive(Clone)]
pub struct Realtime(Arc<Inner>);

struct Inner {
    config: Config,
    rooms: Arc<dyn Rooms>,
    tokens: Tokens,
    tasks: Tasks,
    hub: Hub,
    lookups: Lookups,
    metrics: Metrics,
    shards: Shards,
    opens: Semaphore,
    sockets: TaskTracker,
}

/// How much is open here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    pub connections: usize,
    pub users: usize,
    pub rooms: usize,
}

impl Realtime {
    #[expect(clippy::needless_pass_by_value, reason = "the bus is a handle like the others")]
    pub fn start(rooms: Arc<dyn Rooms>, bus: Arc<dyn Bus>, tokens: Tokens, tasks: &Tasks) -> Self {
        Self::start_with(Config::default(), rooms, &*bus, tokens, tasks)
    }

    pub fn start_with(
        config: Config,
        rooms: Arc<dyn Rooms>,
        bus: &dyn Bus,
        tokens: Tokens,
        tasks: &Tasks,
    ) -> Self {
        let lookups = Lookups::start(&rooms, config.ask_timeout, tasks);
        let revocations = tokens.revocations().clone();
        let metrics = Metrics::default();
        let sources = Sources { rooms: rooms.clone(), lookups: lookups.clone(), bus, revocations };
        let shards = Shards::start(&metrics, tasks);
        let hub = Hub::start(config.clone(), sources, shards.pace.clone(), metrics.clone(), tasks);
        let (opens, sockets) = (Semaphore::new(OPENS_MAX), TaskTracker::new());
        Self(Arc::new(Inner {
            config,
            rooms,
            tokens,
            tasks: tasks.clone(),
            hub,
            lookups,
            metrics,
            shards,
            opens,
            sockets,
        }))
    }

    /// Closes the live sockets of these sessions with 1008 `revoked`. They are in `Revocations` already, so that
    /// those on their way to connect are refused.
    pub fn revoke(&self, sids: &[SessionId]) {
        self.0.hub.revoke(sids);
    }

    /// Closes every socket with 1012 `restart`, and those that still come. Sends in flight are acknowledged first.
    /// Returns when all are told, after less than 3 s. To be called before the tasks are stopped.
    pub async fn close_all(&self) {
        let closed = async {
            self.0.hub.close_all().await;
            self.0.sockets.close();
            self.0.sockets.wait().await;
        };
        if tokio::time::timeout(CLOSE_ALL_TIMEOUT, closed).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
    }

    pub fn stats(&self) -> Stats {
        self.0.hub.stats()
    }
}

/// The WebSocket on any path. To be served as `router` is.
pub fn router_on_any_path(realtime: Realtime) -> axum::Router {
    axum::Router::new().fallback(socket::open).with_state(realtime)
}

/// `GET /ws`: the WebSocket. To be served by HTTP/1.1 with `TCP_NODELAY` set: small frames must not wait for more.
pub fn router(realtime: Realtime) -> axum::Router {
    axum::Router::new().route("/ws", get(socket::open)).with_state(realtime)
}
