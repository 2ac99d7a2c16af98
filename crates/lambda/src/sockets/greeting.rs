//! `connected`: the first event of a connection, said once API Gateway takes posts to it.

use std::time::{Duration, Instant};

use fanout::gateway::{Connection, Outcome, Scope};
use kit::Result;
use protocol::{
    ServerEvent,
    events::{RoomPosition, SystemEvent},
    seams::RoomState,
};
use realtime::Rooms;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Sockets;

/// How long an answered `$connect` may take to become a connection.
const PATIENCE: Duration = Duration::from_secs(10);
const RHYTHM: Duration = Duration::from_millis(100);

impl Sockets {
    /// Positions are read now, after the rows were written: what is committed later is posted.
    pub(super) async fn greet(&self, id: &str) -> std::result::Result<(), String> {
        let explain = |error: kit::Error| format!("{id} is not greeted: {error}");
        let found = self.connections.find(id).await.map_err(|error| error.to_string())?;
        // It ended meanwhile.
        let Some(connection) = found else { return Ok(()) };
        let rooms = self.positions(&connection).await.map_err(explain)?;
        let connected = ServerEvent::System {
            event: SystemEvent::Connected,
            connection_id: own_name(id),
            user_id: connection.user.user_id,
            rooms,
        };
        let frame = serde_json::to_vec(&connected).map_err(|error| error.to_string())?;
        let begun = Instant::now();
        loop {
            let outcome =
                self.posts.post(id, frame.clone().into()).await.map_err(|error| error.to_string())?;
            if outcome == Outcome::Done {
                let marked = self.connections.mark_greeted(&connection).await;
                if marked.map_err(|error| error.to_string())? {
                    return Ok(());
                }
                // Somebody took it for gone too early, as with a clock that is ahead: it comes back and is told again.
                return self.posts.close(id).await.map(drop).map_err(|error| error.to_string());
            }
            if begun.elapsed() > PATIENCE {
                self.forget(id).await;
                return Ok(());
            }
            tokio::time::sleep(RHYTHM).await;
        }
    }

    async fn positions(&self, connection: &Connection) -> Result<Vec<RoomPosition>> {
        let states = match connection.scope {
            Scope::Room(room) => vec![self.rooms.open(&connection.user, room).await?.state],
            Scope::All => {
                let users = self.rooms.rooms_of(std::slice::from_ref(&connection.user)).await?;
                users.into_iter().flat_map(|user| user.rooms).collect()
            }
        };
        let position = |RoomState { room_id, last_seq, .. }| RoomPosition { room_id, last_seq };
        Ok(states.into_iter().map(position).collect())
    }
}

/// The protocol's connection ids are UUIDs; API Gateway's are not.
fn own_name(id: &str) -> Uuid {
    let digest = Sha256::digest(id);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
