//! From a request to a connection that hears: who it is, what it carries, and reading where that stands.

use axum::{
    extract::Query,
    http::{Uri, header, request::Parts},
};
use kit::{Error, Kind, jwt::Tokens};
use protocol::{Code, seams::Sender};
use uuid::Uuid;

use crate::{
    Invitation, Realtime,
    calls::guarded,
    closes::Close,
    hub::{Peer, Presence, Read, Scope},
    sinks::{self, Outbox},
};

pub(crate) struct Connected {
    pub user: Sender,
    pub outbox: Outbox,
    pub presence: Presence,
}

pub(super) fn invitation(parts: &Parts) -> Invitation {
    let protocols = parts.headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    Invitation::of(&parameters(&parts.uri), protocols.iter().filter_map(|value| value.to_str().ok()))
}

pub(super) fn verify(invitation: Invitation, tokens: &Tokens) -> Result<Peer, Close> {
    let claims =
        tokens.verify(&invitation.token.ok_or(Close::UNAUTHORIZED)?).map_err(|error| match error.code() {
            Code::SessionRevoked => Close::REVOKED,
            _ => Close::UNAUTHORIZED,
        })?;
    let user = Sender { user_id: claims.id, username: claims.username.clone() };
    let scope = invitation.room.map_err(|_| Close::NOT_FOUND)?.map_or(Scope::All, Scope::Room);
    Ok(Peer { user, session: claims.sid, scope })
}

/// Listens, reads, registers, in this order; or says why not.
pub(crate) async fn connect(realtime: &Realtime, peer: Result<Peer, Close>) -> Result<Connected, Close> {
    let peer = peer?;
    let user = peer.user.clone();
    let (sink, mut outbox) = sinks::sink();
    let timeout = realtime.0.config.connect_timeout;
    let presence = tokio::select! {
        biased;
        // Revoked or restarting meanwhile: what that says comes before how joining ends by it.
        close = outbox.closing() => return Err(close),
        presence = tokio::time::timeout(timeout, join(realtime, peer, sink)) => {
            presence.map_err(|_| Close::RESUME)??
        }
    };
    Ok(Connected { user, outbox, presence })
}

async fn join(realtime: &Realtime, peer: Peer, sink: sinks::Sink) -> Result<Presence, Close> {
    let inner = &realtime.0;
    let (user, scope) = (peer.user.clone(), peer.scope);
    let presence = inner.hub.arrive(Uuid::now_v7(), peer, sink).await?;
    let read = match scope {
        Scope::Room(room) => {
            presence.leases().lease(vec![room]).await.ok_or(Close::RESTART)?;
            let _permit = inner.opens.acquire().await;
            guarded(inner.config.ask_timeout, inner.rooms.open(&user, room)).await.map(Read::Room)
        }
        Scope::All => inner.lookups.rooms_of(&user, presence.leases()).await.map(Read::All),
    };
    presence.register(read.map_err(|error| refusal(&error))?).await?;
    Ok(presence)
}

fn refusal(error: &Error) -> Close {
    match error {
        Error::Refused(refusal)
            if matches!(refusal.kind, Kind::NotFound | Kind::Forbidden | Kind::Invalid) =>
        {
            Close::NOT_FOUND
        }
        Error::Refused(refusal) if refusal.kind == Kind::Unauthorized => Close::UNAUTHORIZED,
        Error::Refused(_) => Close::RESUME,
        Error::Internal(error) => {
            tracing::error!(error, "a socket could not be connected");
            Close::RESUME
        }
    }
}

fn parameters(uri: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(uri).map(|Query(parameters)| parameters).unwrap_or_default()
}
