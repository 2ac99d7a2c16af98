//! How chat writes: it publishes after the commit, and no caller who goes away comes in between.

use fanout::Event;
use kit::db::Transaction;
use kit::{Error, Result, db::retrying};
use tracing::Instrument;

use crate::Chat;

impl Chat {
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        Ok(self.0.db.begin().await?)
    }

    /// Commits, then publishes: an event is never about something that may yet be rolled back.
    pub(crate) async fn commit(&self, tx: Transaction, events: Vec<Event>) -> Result<()> {
        tx.commit().await?;
        if events.iter().any(|event| matches!(event, Event::RoomDeleted { .. })) {
            self.0.room_deleted.notify_one();
        }
        if !events.is_empty() {
            self.0.bus.publish(events).await;
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
        let chat = self.clone();
        let write = async move { retrying(|| transaction(chat.clone())).await };
        self.0.writes.spawn(write.in_current_span()).await.map_err(Error::internal)?
    }
}
