//! What each kind of event means for the connections it concerns. Rows say where to post; who may hear it the members
//! say, read after the commit.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures::{StreamExt, stream};
use kit::{Error, Result};
use protocol::{RoomId, UserId};
use tokio::time::sleep;

use super::{FanOut, Lane, delivery::Late, frames};
use crate::{
    Event,
    gateway::{Connection, Scope},
};

/// The database or the table may be away for a while.
const GIVEN_UP: Duration = Duration::from_secs(300);
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const BACKOFF_MAX: Duration = Duration::from_secs(5);
const ENDS_AT_ONCE: usize = 32;

/// A connection and what is posted to it.
pub(super) type Letter = (Connection, Vec<Bytes>);

impl FanOut {
    /// Never fails: what cannot be told now clients find by reading.
    pub(super) async fn tell(&self, lane: Lane, events: Vec<Event>) -> Vec<Late> {
        let (begun, mut backoff) = (Instant::now(), FIRST_BACKOFF);
        while begun.elapsed() < GIVEN_UP {
            match self.try_to_tell(lane, &events).await {
                Ok(late) => return late,
                Err(error) => tracing::debug!(%error, ?lane, "telling again"),
            }
            sleep(backoff.mul_f64(rand::random_range(0.5..1.5))).await;
            backoff = (backoff * 2).min(BACKOFF_MAX);
        }
        self.try_to_tell(lane, &events).await.unwrap_or_else(|error| {
            tracing::error!(%error, ?lane, events = events.len(), "events could not be told");
            Vec::new()
        })
    }

    async fn try_to_tell(&self, lane: Lane, events: &[Event]) -> Result<Vec<Late>> {
        match lane {
            Lane::Room(room) => self.tell_room(room, events).await,
            Lane::User(user) => self.tell_user(user, events).await,
            Lane::Sessions => self.end_sessions(events).await.map(|()| Vec::new()),
        }
    }

    async fn tell_room(&self, room: RoomId, events: &[Event]) -> Result<Vec<Late>> {
        self.let_in(room, events).await?;
        let connections = self.0.connections.in_room(room).await?;
        let gone = frames::removed(events);
        let asked: HashSet<UserId> = connections
            .iter()
            .map(|connection| connection.user.user_id)
            .chain(gone.iter().copied())
            .collect();
        let members = self.members(room, asked).await?;
        // Who was removed and is back is a member like the others.
        let gone: HashSet<UserId> = gone.difference(&members).copied().collect();

        let (mut letters, mut ended) = self.show_out(room, &gone, events).await?;
        let others = connections.into_iter().filter(|connection| !gone.contains(&connection.user.user_id));
        if let Some(farewell) = frames::farewell(events) {
            for connection in others {
                self.0.connections.leave(&connection.id, room).await?;
                if connection.scope != Scope::All {
                    ended.push(connection.clone());
                }
                letters.push((connection, vec![farewell.clone()]));
            }
        } else {
            let frames = frames::of_room(events);
            let hearers = others.filter(|connection| members.contains(&connection.user.user_id));
            letters.extend(hearers.map(|connection| (connection, frames.clone())));
        }
        let late = self.post_all(letters).await;
        self.end_all(ended).await;
        Ok(late)
    }

    /// Connections that carry every room carry the new ones from here on: before anybody is told of the newcomer.
    async fn let_in(&self, room: RoomId, events: &[Event]) -> Result<()> {
        let newcomers = frames::added(events);
        if newcomers.is_empty() {
            return Ok(());
        }
        for user in self.members(room, newcomers).await? {
            let connections = self.0.connections.of_user(user).await?;
            for connection in connections.iter().filter(|connection| connection.scope == Scope::All) {
                self.0.connections.enter(connection, &[room]).await?;
            }
        }
        Ok(())
    }

    /// What those get who are no members any more, and which connections end.
    async fn show_out(
        &self,
        room: RoomId,
        gone: &HashSet<UserId>,
        events: &[Event],
    ) -> Result<(Vec<Letter>, Vec<Connection>)> {
        let (mut letters, mut ended) = (Vec::new(), Vec::new());
        for &user in gone {
            for connection in self.0.connections.of_user(user).await? {
                match connection.scope {
                    Scope::All => {
                        self.0.connections.leave(&connection.id, room).await?;
                        letters.push((connection, frames::of_removal(events, user)));
                    }
                    Scope::Room(only) if only == room => {
                        letters.push((connection.clone(), frames::of_removal(events, user)));
                        ended.push(connection);
                    }
                    Scope::Room(_) => {}
                }
            }
        }
        Ok((letters, ended))
    }

    async fn tell_user(&self, user: UserId, events: &[Event]) -> Result<Vec<Late>> {
        let connections = self.0.connections.of_user(user).await?;
        let letters = connections.into_iter().map(|connection| {
            let frames = frames::of_user(events, connection.scope);
            (connection, frames)
        });
        Ok(self.post_all(letters.collect()).await)
    }

    async fn end_sessions(&self, events: &[Event]) -> Result<()> {
        let sids = events.iter().flat_map(|event| match event {
            Event::SessionsRevoked { sids } => sids.as_slice(),
            _ => &[],
        });
        let mut connections = Vec::new();
        for &sid in sids {
            connections.extend(self.0.connections.of_session(sid).await?);
        }
        if self.end_all(connections).await {
            Ok(())
        } else {
            Err(Error::unavailable("Connections of sessions that ended are still open."))
        }
    }

    /// Whether all of them ended.
    async fn end_all(&self, connections: Vec<Connection>) -> bool {
        let ending = stream::iter(connections).map(async |connection| self.end(&connection).await);
        ending.buffer_unordered(ENDS_AT_ONCE).all(std::future::ready).await
    }

    async fn members(&self, room: RoomId, users: HashSet<UserId>) -> Result<HashSet<UserId>> {
        if users.is_empty() {
            return Ok(users);
        }
        Ok((self.0.members)(room, users.into_iter().collect()).await?.into_iter().collect())
    }
}
