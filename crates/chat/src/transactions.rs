//! How chat writes: it publishes after the commit, and no caller who goes away comes in between.

use fanout::{Event, Topic};
use kit::{
    Error, Result,
    db::{Transaction, retrying},
    fault_points, traces,
};
use protocol::RoomId;
use tracing::Instrument;

use crate::{Chat, members::log};

/// Changes of rooms and members under way, those whose callers went away included.
const WRITES_MAX: usize = 1024;

impl Chat {
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        Ok(self.0.db.begin().await?)
    }

    /// Commits, then publishes: an event is never about something that may yet be rolled back.
    pub(crate) async fn commit(&self, tx: Transaction, events: Vec<Event>) -> Result<()> {
        log::write(&tx, &events).await?;
        self.0.outbox.write(&tx, &events).await?;
        let rooms = events.iter().flat_map(Event::topics).filter_map(|topic| match topic {
            Topic::Room(room) => Some(room),
            Topic::User(_) | Topic::Accounts => None,
        });
        let rooms: Vec<RoomId> = rooms.collect();
        let held = self.0.recent.hold(rooms.clone());
        if let Err(error) = tx.commit().await {
            // It may have been done.
            for room in rooms {
                self.0.recent.forget(room);
            }
            return Err(error.into());
        }
        self.0.recent.apply(&events);
        drop(held);
        if events.iter().any(|event| matches!(event, Event::RoomDeleted { .. })) {
            self.0.something_deleted.notify_one();
        }
        if !events.is_empty() {
            fault_points::pass("before-publish");
            self.0.bus.publish(events).await;
            fault_points::pass("after-publish");
        }
        Ok(())
    }

    /// Runs a whole transaction to its end, again where others are in its way, and whether or not the caller still waits:
    /// a client that hangs up must not come between a commit and its events.
    pub(crate) async fn write<T, W>(
        &self,
        transaction: impl Fn(Self) -> W + Send + Sync + 'static,
    ) -> Result<T>
    where
        T: Send + 'static,
        W: Future<Output = Result<T>> + Send,
    {
        if self.0.writes.len() >= WRITES_MAX {
            return Err(Error::unavailable("Too many changes at once. Try again in a moment."));
        }
        let chat = self.clone();
        let write = async move { retrying(|| transaction(chat.clone())).await };
        self.0.writes.spawn(traces::carried(write).in_current_span()).await.map_err(Error::internal)?
    }
}
