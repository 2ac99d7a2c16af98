//! Rooms, members and messages. Every message goes through one writer, which batches commits; every change of a
//! room's members locks the room's row first, as the writer does.

mod account_changes;
pub mod accounts;
mod deletions;
pub mod internal;
pub mod members;
pub mod messages;
mod metrics;
mod migrations;
mod outbox;
mod reads;
mod recent;
pub mod rooms;
mod tables;
mod transactions;
mod writer;

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::extract::FromRef;
use fanout::Bus;
use kit::{Error, Result, db::Database, jwt::Tokens, limits::Limiter, shutdown::Tasks};
use protocol::{RoomId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;
use utoipa_axum::router::OpenApiRouter;

pub use accounts::Accounts;
pub use migrations::Migrator;

const LIMITS_SWEPT_EVERY: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
pub struct Config {
    /// Messages a second and user.
    pub message_rate: NonZeroU32,
    /// Messages that a user may send at once.
    pub message_burst: NonZeroU32,
    /// `false` is for benchmarks.
    pub rate_limits: bool,
    /// Nobody else changes the database while this runs, so what was committed here is all that there is.
    pub is_alone: bool,
}

#[derive(Clone)]
pub struct Chat(Arc<Inner>);

struct Inner {
    db: Database,
    tokens: Tokens,
    bus: Arc<dyn Bus>,
    outbox: outbox::Outbox,
    accounts: Arc<dyn Accounts>,
    general: RoomId,
    queue: writer::Queue,
    limits: Limiter<UserId>,
    metrics: metrics::Metrics,
    reads: reads::Marks,
    recent: Arc<recent::Recent>,
    is_alone: bool,
    /// Wakes the sweeper: a room was deleted, or an account is gone.
    something_deleted: Notify,
    /// Writes that run to their end even when their caller is gone.
    writes: TaskTracker,
}

impl Chat {
    /// On a migrated database. What it starts runs on `tasks`: when they stop, sends that were accepted are finished
    /// and later ones get UNAVAILABLE.
    pub async fn start(
        db: Database,
        tokens: Tokens,
        bus: Arc<dyn Bus>,
        accounts: Arc<dyn Accounts>,
        config: Config,
        tasks: &Tasks,
    ) -> Result<Self> {
        let general = general_room(&db).await?;
        let metrics = metrics::Metrics::default();
        let recent = Arc::<recent::Recent>::default();
        let outbox = outbox::Outbox::new(&*bus);
        let queue =
            writer::start(db.clone(), bus.clone(), recent.clone(), outbox, metrics.writer.clone(), tasks);
        let limits = if config.rate_limits {
            Limiter::new("messages", config.message_rate, Duration::from_secs(1), config.message_burst)
        } else {
            Limiter::off()
        };
        let chat = Self(Arc::new(Inner {
            db,
            tokens,
            bus,
            outbox,
            accounts,
            general,
            queue,
            limits,
            metrics,
            reads: reads::Marks::default(),
            recent,
            is_alone: config.is_alone,
            something_deleted: Notify::new(),
            writes: TaskTracker::new(),
        }));
        chat.start_tasks(tasks);
        Ok(chat)
    }

    fn start_tasks(&self, tasks: &Tasks) {
        tasks.spawn(|stopping| reads::flush_marks(self.clone(), stopping));
        tasks.spawn(|stopping| deletions::sweep_rooms(self.clone(), stopping));
        tasks.spawn(|stopping| outbox::sweep(self.clone(), stopping));
        tasks.spawn(|stopping| account_changes::follow(self.clone(), stopping));
        let writes = self.0.writes.clone();
        tasks.spawn(|stopping| async move {
            stopping.cancelled().await;
            writes.close();
            writes.wait().await;
        });
        let chat = self.clone();
        tasks.every(LIMITS_SWEPT_EVERY, move || {
            chat.0.limits.sweep();
            std::future::ready(())
        });
    }
}

async fn general_room(db: &Database) -> Result<RoomId> {
    use tables::rooms::{Column, Entity, Kind};
    let room = Entity::find().filter(Column::Kind.eq(Kind::General)).one(&db.reader).await?;
    room.map(|room| room.room_id())
        .ok_or_else(|| Error::internal("chat_db has no general room: migrate it first"))
}

impl FromRef<Chat> for Tokens {
    fn from_ref(chat: &Chat) -> Self {
        chat.0.tokens.clone()
    }
}

/// `/rooms/*` and `/messages/*`.
pub fn routes() -> OpenApiRouter<Chat> {
    OpenApiRouter::new()
        .merge(rooms::http::router())
        .merge(members::http::router())
        .merge(messages::http::router())
        .merge(reads::http::router())
}
