//! Frames on their way to one connection, and what becomes of a connection that is not there.

use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream};
use protocol::Timestamp;
use tokio::time::sleep;

use super::{FanOut, POSTS_MAX, telling::Letter};
use crate::gateway::{Connection, Outcome};

/// A younger connection may not be there *yet*: API Gateway takes posts only once its `$connect` was answered.
const YOUNG: Duration = Duration::from_secs(10);
const RHYTHM: Duration = Duration::from_millis(150);

/// A young connection that is not there or has not heard `connected` yet.
pub struct Late {
    connection: Connection,
    frames: Vec<Bytes>,
}

impl FanOut {
    /// To each its frames in order. One that fails harms no other.
    pub(super) async fn post_all(&self, letters: Vec<Letter>) -> Vec<Late> {
        let posting = stream::iter(letters).map(|(connection, frames)| self.post(connection, frames));
        posting.buffer_unordered(POSTS_MAX).filter_map(std::future::ready).collect().await
    }

    /// What is left to do for a connection that is not there yet.
    async fn post(&self, connection: Connection, mut frames: Vec<Bytes>) -> Option<Late> {
        if is_young(&connection) {
            match self.0.connections.is_greeted(&connection.id).await {
                Ok(Some(true)) => {}
                Ok(Some(false)) | Err(_) => return Some(Late { connection, frames }),
                Ok(None) => return None,
            }
        }
        while let Some(frame) = frames.first() {
            let Ok(permit) = self.0.permits.acquire().await else { return None };
            let outcome = self.0.posts.post(&connection.id, frame.clone()).await;
            drop(permit);
            match outcome {
                Ok(Outcome::Done) => drop(frames.remove(0)),
                Ok(Outcome::Gone) if is_young(&connection) => return Some(Late { connection, frames }),
                Ok(Outcome::Gone) => {
                    self.forget(&connection).await;
                    return None;
                }
                Err(error) => {
                    tracing::warn!(%error, connection = connection.id, "a connection could not be told");
                    return None;
                }
            }
        }
        None
    }

    /// Tries until it is there or old enough to be gone for good.
    pub(super) async fn reach(&self, late: Late) {
        let Late { connection, mut frames } = late;
        loop {
            sleep(RHYTHM).await;
            match self.post(connection.clone(), frames).await {
                Some(still) => frames = still.frames,
                None => return,
            }
        }
    }

    /// Ends a connection and forgets it. `false`: try again later.
    pub(super) async fn end(&self, connection: &Connection) -> bool {
        loop {
            match self.0.posts.close(&connection.id).await {
                Ok(Outcome::Gone) if is_young(connection) => sleep(RHYTHM).await,
                Ok(_) => return self.forget(connection).await,
                Err(error) => {
                    tracing::warn!(%error, connection = connection.id, "a connection could not be ended");
                    return false;
                }
            }
        }
    }

    async fn forget(&self, connection: &Connection) -> bool {
        let forgotten = self.0.connections.remove(&connection.id).await;
        if let Err(error) = &forgotten {
            tracing::warn!(%error, connection = connection.id, "a connection that is gone stays in the table");
        }
        forgotten.is_ok()
    }
}

fn is_young(connection: &Connection) -> bool {
    Timestamp::now() < connection.connected_at + YOUNG
}
