//! `$connect` and `$disconnect`. Rows are written before rooms are read: nothing that is committed in between is missed.

use std::time::Duration;

use bytes::Bytes;
use fanout::{
    aws::Call,
    gateway::{Connection, Scope},
};
use http::Method;
use kit::{Error, Result};
use protocol::{
    RoomId, SessionId, Timestamp,
    accounts::Claims,
    seams::{AskRevoked, RevokedSession, Sender},
};
use realtime::{Invitation, Rooms, invitations::BEARER};
use serde_json::Value;

use super::{
    Sockets,
    events::{Greet, Proxied, refused, silence, status, welcome},
};

const ASK_TIMEOUT: Duration = Duration::from_millis(2500);
/// Clocks may differ.
const OVERLAP: Duration = Duration::from_secs(60);

impl Sockets {
    pub(super) async fn connect(&self, event: &Proxied) -> Value {
        let invitation = Invitation::of(&event.query(), event.headers("sec-websocket-protocol"));
        let is_bearer = invitation.is_bearer;
        let (connection, issued_at) = match self.admit(invitation, event) {
            Ok(admitted) => admitted,
            Err(error) => return refused(status(&error)),
        };
        match self.settle(&connection, issued_at).await {
            Ok(()) => welcome(is_bearer.then_some(BEARER)),
            Err(error) => {
                let status = status(&error);
                tracing::debug!(%error, status, "a connection is refused");
                self.forget(&connection.id).await;
                refused(status)
            }
        }
    }

    /// Idempotent.
    pub(super) async fn disconnect(&self, event: &Proxied) -> Value {
        self.forget(event.connection_id()).await;
        silence()
    }

    /// What stays expires, or goes when somebody posts to it in vain.
    pub(super) async fn forget(&self, connection: &str) {
        if let Err(error) = self.connections.remove(connection).await {
            tracing::warn!(%error, connection, "a connection that ended stays in the table");
        }
    }

    fn admit(&self, invitation: Invitation, event: &Proxied) -> Result<(Connection, Timestamp)> {
        let token = invitation.token.ok_or_else(Error::unauthorized)?;
        let Claims { id, username, sid, iat, .. } = (*self.tokens.verify(&token)?).clone();
        let scope = invitation.room.map_err(|_| Error::not_found())?.map_or(Scope::All, Scope::Room);
        let user = Sender { user_id: id, username };
        let id = event.connection_id().to_owned();
        let connection = Connection::new(id, user, sid, scope, event.connected_at());
        Ok((connection, Timestamp(iat.saturating_mul(1000))))
    }

    async fn settle(&self, connection: &Connection, issued_at: Timestamp) -> Result<()> {
        self.connections.register(connection).await?;
        let (rooms, is_alive) =
            futures::join!(self.rooms_of(connection), self.refuse_revoked(connection.session, issued_at));
        // Whose session ended hears that, not that the room is not theirs.
        is_alive?;
        self.connections.enter(connection, &rooms?).await?;
        self.call_greeting(&connection.id).await
    }

    async fn rooms_of(&self, connection: &Connection) -> Result<Vec<RoomId>> {
        Ok(match connection.scope {
            Scope::Room(room) => vec![self.rooms.open(&connection.user, room).await?.state.room_id],
            Scope::All => {
                let users = self.rooms.rooms_of(std::slice::from_ref(&connection.user)).await?;
                users.into_iter().flat_map(|user| user.rooms).map(|room| room.room_id).collect()
            }
        })
    }

    /// A session that ends from now on finds the rows; one that ended before, chat knows.
    async fn refuse_revoked(&self, session: SessionId, issued_at: Timestamp) -> Result<()> {
        let ask = AskRevoked { since: issued_at - OVERLAP };
        let revoked: Vec<RevokedSession> =
            self.chat.post("/internal/sessions/revoked", &ask, ASK_TIMEOUT).await?;
        if revoked.iter().any(|revoked| revoked.sid == session) { Err(Error::unauthorized()) } else { Ok(()) }
    }

    /// Nothing can be posted to a connection whose `$connect` is not answered: another invocation does it.
    async fn call_greeting(&self, connection: &str) -> Result<()> {
        let body = serde_json::to_vec(&Greet { greet: connection.to_owned() }).map_err(Error::internal)?;
        let url = format!("{}/2015-03-31/functions/{}/invocations", self.aws.endpoint("lambda"), self.name);
        let headers = [("x-amz-invocation-type", "Event"), ("content-type", "application/json")];
        let call = Call {
            service: "lambda",
            method: Method::POST,
            url: &url,
            headers: &headers,
            body: Bytes::from(body),
        };
        let answer = self.aws.call(&call).await?;
        if answer.status.is_success() {
            Ok(())
        } else {
            Err(Error::internal(format!("this function cannot call itself: {}", answer.status)))
        }
    }
}
