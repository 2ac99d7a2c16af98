//! A connection as rows of the table: under itself, its user, its session and each of its rooms. `roomId` is the hash
//! key, `connectionId` the range key.

use protocol::{RoomId, SessionId, Timestamp, UserId};
use serde_json::{Value, json};

use super::{Connection, Scope};
use crate::aws::{AwsError, AwsResult, Item, number, text};

/// What a row is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Of this one alone: who it is.
    Itself,
    User(UserId),
    Session(SessionId),
    Room(RoomId),
}

impl Place {
    pub fn hash(self, connection: &str) -> String {
        match self {
            Self::Itself => format!("connection#{connection}"),
            Self::User(user) => format!("user#{user}"),
            Self::Session(session) => format!("session#{session}"),
            Self::Room(room) => room.to_string(),
        }
    }
}

pub fn key(place: Place, connection: &str) -> Item {
    key_of(&place.hash(connection), connection)
}

pub fn key_of(hash: &str, connection: &str) -> Item {
    object(json!({"roomId": {"S": hash}, "connectionId": {"S": connection}}))
}

pub fn row(place: Place, connection: &Connection) -> Item {
    let Connection { id, user, session, scope, connected_at, expires_at } = connection;
    let mut item = key(place, id);
    item.extend(object(json!({
        "userId": {"S": user.user_id.to_string()},
        "username": {"S": user.username},
        "sessionId": {"S": session.to_string()},
        "connectedAt": {"N": connected_at.0.to_string()},
        "ttl": {"N": expires_at.as_secs().to_string()},
    })));
    if let Scope::Room(room) = scope {
        item.insert("onlyRoom".into(), json!({"N": room.to_string()}));
    }
    item
}

pub fn read(item: &Item) -> AwsResult<Connection> {
    let read = || {
        let user_id = text(item, "userId")?.parse().ok()?;
        let scope = match number(item, "onlyRoom") {
            Some(room) => Scope::Room(RoomId::new(room)?),
            None => Scope::All,
        };
        Some(Connection {
            id: text(item, "connectionId")?.to_owned(),
            user: protocol::seams::Sender { user_id, username: text(item, "username")?.to_owned() },
            session: text(item, "sessionId")?.parse().ok()?,
            scope,
            connected_at: Timestamp(number(item, "connectedAt")?),
            expires_at: Timestamp(number(item, "ttl")?.saturating_mul(1000)),
        })
    };
    read().ok_or_else(|| AwsError::Fault("a row of the connections is malformed".into()))
}

pub fn object(value: Value) -> Item {
    match value {
        Value::Object(item) => item,
        _ => Item::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_comes_back_from_its_row() {
        for scope in [Scope::All, Scope::Room(RoomId(7))] {
            let user = protocol::seams::Sender { user_id: UserId::random(), username: "zoé".into() };
            let connection = Connection::new(
                "abc=".into(),
                user,
                SessionId::random(),
                scope,
                Timestamp(1_704_110_400_050),
            );
            assert_eq!(read(&row(Place::Itself, &connection)).unwrap(), connection);
        }
        assert!(read(&key(Place::Room(RoomId(1)), "abc=")).is_err());
    }
}
