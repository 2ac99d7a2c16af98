//! Rooms, members and messages, and the writer that batches commits.

pub mod accounts;
pub mod members;
pub mod messages;
mod migrations;
pub mod rooms;

use std::{num::NonZeroU32, sync::Arc};

use kit::{db::Database, jwt::Tokens, shutdown::Tasks};
use utoipa_axum::router::OpenApiRouter;

pub use accounts::Accounts;
pub use migrations::Migrator;

#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// Messages a second and user.
    pub message_rate: NonZeroU32,
    /// Messages that a user may send at once.
    pub message_burst: NonZeroU32,
    /// `false` is for benchmarks.
    pub rate_limits: bool,
}

#[derive(Clone)]
pub struct Chat(Arc<Tokens>);

impl Chat {
    pub async fn start(
        _db: Database,
        _tokens: Tokens,
        _bus: Arc<dyn fanout::Bus>,
        _accounts: Arc<dyn Accounts>,
        _config: Config,
        _tasks: &Tasks,
    ) -> kit::Result<Self> {
        unimplemented!()
    }
}

impl axum::extract::FromRef<Chat> for Tokens {
    fn from_ref(chat: &Chat) -> Self {
        (*chat.0).clone()
    }
}

pub fn router(_chat: Chat) -> OpenApiRouter {
    OpenApiRouter::new()
}
