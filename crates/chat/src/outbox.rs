//! Events that are committed with what they are about, for a bus behind which nobody compares: what a crash left
//! unpublished is published by whoever looks next.

use std::time::Duration;

use fanout::{Bus, Event};
use kit::{Result, db::Database, telemetry::Throttle};
use protocol::Timestamp;
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Chat, tables::outbox};

const EVERY: Duration = Duration::from_secs(2);
/// Between the writing of an event and its publishing lies a commit, which takes less.
const MARGIN: Duration = Duration::from_secs(5);
/// Whoever wrote an event that is so old and not told is gone, or far behind. So is it with one that is as far in the
/// future: it would be old only once our clock has come to where its writer's was.
const ORPHANED: Duration = Duration::from_secs(12);
const ADOPTED_MAX: u64 = 500;

/// Whose events are whose.
#[derive(Clone, Copy)]
pub(crate) struct Outbox {
    node: Uuid,
    is_needed: bool,
}

impl Outbox {
    pub fn new(bus: &dyn Bus) -> Self {
        Self { node: Uuid::new_v4(), is_needed: bus.told_until().is_some() }
    }

    pub fn is_needed(self) -> bool {
        self.is_needed
    }

    /// In the transaction of what the events are about.
    pub async fn write(self, tx: &impl ConnectionTrait, events: &[Event]) -> Result<(), DbErr> {
        if !self.is_needed || events.is_empty() {
            return Ok(());
        }
        let now = Timestamp::now().0;
        let rows = events.iter().map(|event| outbox::ActiveModel {
            id: NotSet,
            node: Set(self.node),
            written_at: Set(now),
            event: Set(serde_json::to_string(event).expect("an event has only string keys and cannot fail")),
        });
        outbox::Entity::insert_many(rows).exec_without_returning(tx).await.map(drop)
    }
}

/// Forgets what was told, and tells what nobody did.
pub(crate) async fn sweep(chat: Chat, stopping: CancellationToken) {
    let failures = Throttle::default();
    while stopping.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_some() {
        if let Err(error) = sweep_once(&chat).await
            && let Some(before) = failures.pass()
        {
            tracing::warn!(%error, before, "events of the outbox could not be looked through; soon again");
        }
    }
}

async fn sweep_once(chat: &Chat) -> Result<()> {
    let Some(told_until) = chat.0.bus.told_until() else { return Ok(()) };
    let (db, node) = (&chat.0.db, chat.0.outbox.node);
    outbox::Entity::delete_many()
        .filter(outbox::Column::Node.eq(node))
        .filter(outbox::Column::WrittenAt.lt((told_until - MARGIN).0))
        .exec(&db.writer)
        .await?;
    let adopted = adopt(db, node).await?;
    if !adopted.is_empty() {
        tracing::info!(count = adopted.len(), "events that a process left behind are published");
        chat.0.bus.publish(adopted).await;
    }
    Ok(())
}

/// Two who adopt the same publish it twice, which harms nobody.
async fn adopt(db: &Database, node: Uuid) -> Result<Vec<Event>> {
    let now = Timestamp::now();
    let (old, ahead) = ((now - ORPHANED).0, (now + ORPHANED).0);
    let orphaned = outbox::Entity::find()
        .filter(outbox::Column::WrittenAt.not_between(old, ahead))
        .filter(outbox::Column::Node.ne(node))
        .order_by_asc(outbox::Column::Id)
        .limit(ADOPTED_MAX)
        .all(&db.writer)
        .await?;
    if orphaned.is_empty() {
        return Ok(Vec::new());
    }
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Node, Expr::value(node))
        .col_expr(outbox::Column::WrittenAt, Expr::value(now.0))
        .filter(outbox::Column::Id.is_in(orphaned.iter().map(|row| row.id)))
        .exec(&db.writer)
        .await?;
    let events = orphaned.iter().filter_map(|row| {
        let event = serde_json::from_str(&row.event);
        event
            .inspect_err(|error| tracing::error!(%error, id = row.id, "an event of the outbox is malformed"))
            .ok()
    });
    Ok(events.collect())
}
