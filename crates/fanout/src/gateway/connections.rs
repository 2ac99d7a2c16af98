//! The connections that API Gateway holds, in a DynamoDB table. Never scanned: every question names a key.

use std::time::Duration;

use protocol::{RoomId, SessionId, Timestamp, UserId, seams::Sender};
use serde_json::json;

use super::rows::{self, Place};
use crate::aws::{Aws, AwsResult, Dynamo, Item, text};

/// API Gateway ends a connection after two hours.
const LIFETIME: Duration = Duration::from_secs(2 * 3600 + 600);
const GREETED: &str = "greeted";
const CONNECTION_INDEX: &str = "connectionId-index";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// As API Gateway names it.
    pub id: String,
    pub user: Sender,
    pub session: SessionId,
    pub scope: Scope,
    pub connected_at: Timestamp,
    /// Its rows are as good as gone from then on. Whole seconds.
    pub expires_at: Timestamp,
}

/// What a connection carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every room of the user, those to come included.
    All,
    Room(RoomId),
}

#[derive(Clone)]
pub struct Connections(Dynamo);

impl Connection {
    pub fn new(id: String, user: Sender, session: SessionId, scope: Scope, connected_at: Timestamp) -> Self {
        let expires_at = connected_at + LIFETIME;
        let expires_at = Timestamp(expires_at.as_secs() * 1000);
        Self { id, user, session, scope, connected_at, expires_at }
    }
}

impl Connections {
    pub fn new(aws: &Aws, table: &str) -> Self {
        Self(Dynamo::new(aws, table))
    }

    /// Under itself, its user and its session: from here on it is found by what is committed for its user.
    pub async fn register(&self, connection: &Connection) -> AwsResult<()> {
        let places =
            [Place::Itself, Place::Session(connection.session), Place::User(connection.user.user_id)];
        self.0.put_all(places.map(|place| rows::row(place, connection)).into()).await
    }

    /// Under these rooms.
    pub async fn enter(&self, connection: &Connection, rooms: &[RoomId]) -> AwsResult<()> {
        self.0.put_all(rooms.iter().map(|room| rows::row(Place::Room(*room), connection)).collect()).await
    }

    pub async fn leave(&self, connection: &str, room: RoomId) -> AwsResult<()> {
        self.0.delete(&rows::key(Place::Room(room), connection)).await
    }

    /// `None` where there is none, or no more.
    pub async fn find(&self, connection: &str) -> AwsResult<Option<Connection>> {
        let found = self.0.get(&rows::key(Place::Itself, connection)).await?;
        let found = found.as_ref().map(rows::read).transpose()?;
        Ok(found.filter(|connection| connection.expires_at > Timestamp::now()))
    }

    pub async fn in_room(&self, room: RoomId) -> AwsResult<Vec<Connection>> {
        self.under(Place::Room(room)).await
    }

    pub async fn of_user(&self, user: UserId) -> AwsResult<Vec<Connection>> {
        self.under(Place::User(user)).await
    }

    pub async fn of_session(&self, session: SessionId) -> AwsResult<Vec<Connection>> {
        self.under(Place::Session(session)).await
    }

    /// It has heard `connected`: events may follow. `false`: nobody knows of it any more, and none will.
    pub async fn mark_greeted(&self, connection: &Connection) -> AwsResult<bool> {
        let mut row = rows::row(Place::Itself, connection);
        row.extend(rows::object(json!({GREETED: {"BOOL": true}})));
        self.0.replace(&row).await
    }

    /// `None`: it is gone.
    pub async fn is_greeted(&self, connection: &str) -> AwsResult<Option<bool>> {
        let found = self.0.get(&rows::key(Place::Itself, connection)).await?;
        Ok(found.map(|item| item.contains_key(GREETED)))
    }

    /// Every row of it; nothing happens where there is none. Those that the index does not know yet expire, or go when
    /// somebody posts to them in vain.
    pub async fn remove(&self, id: &str) -> AwsResult<()> {
        let mut keys = vec![rows::key(Place::Itself, id)];
        if let Some(item) = self.0.get(&keys[0]).await? {
            let connection = rows::read(&item)?;
            keys.push(rows::key(Place::User(connection.user.user_id), id));
            keys.push(rows::key(Place::Session(connection.session), id));
            if let Scope::Room(room) = connection.scope {
                keys.push(rows::key(Place::Room(room), id));
            }
        }
        let ask = rows::object(json!({
            "IndexName": CONNECTION_INDEX,
            "KeyConditionExpression": "connectionId = :connection",
            "ExpressionAttributeValues": {":connection": {"S": id}},
        }));
        let mut next = None;
        loop {
            let page = self.0.query(ask.clone(), next).await?;
            let known = |key: &Item| keys.contains(key);
            let hashes = page.items.iter().filter_map(|item| text(item, "roomId"));
            let more: Vec<_> = hashes.map(|hash| rows::key_of(hash, id)).filter(|key| !known(key)).collect();
            keys.extend(more);
            next = page.next;
            if next.is_none() {
                return self.0.delete_all(keys).await;
            }
        }
    }

    /// All pages, read consistently: who was written before is found.
    async fn under(&self, place: Place) -> AwsResult<Vec<Connection>> {
        let now = Timestamp::now().as_secs();
        let ask = rows::object(json!({
            "ConsistentRead": true,
            "KeyConditionExpression": "roomId = :place",
            "FilterExpression": "#ttl > :now",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {":place": {"S": place.hash("")}, ":now": {"N": now.to_string()}},
        }));
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let page = self.0.query(ask.clone(), next).await?;
            for item in &page.items {
                found.push(rows::read(item)?);
            }
            next = page.next;
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}
