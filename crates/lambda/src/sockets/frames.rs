//! A frame of a client: what it means `session` says, and the answer goes back as API Gateway's route response.

use fanout::aws::AwsError;
use protocol::{
    ServerEvent,
    events::{SocketError, SocketErrorCode},
};
use realtime::{
    Rooms,
    session::{self, Effect},
};
use serde_json::Value;

use super::{
    Sockets,
    events::{Proxied, reply, silence},
};

impl Sockets {
    pub(super) async fn receive(&self, event: &Proxied) -> Value {
        let id = event.connection_id();
        let sender = match self.connections.find(id).await {
            Ok(Some(connection)) => connection.user,
            // Events would not find it: it had better come back.
            Ok(None) => return self.end(id).await,
            Err(error) => return reply(&unavailable(&error)),
        };
        let effect = if event.is_base64_encoded {
            session::receive_binary()
        } else {
            session::receive(&sender, event.body.as_deref().unwrap_or_default())
        };
        match effect {
            Effect::Reply(event) => reply(&event),
            Effect::Refuse(error) => reply(&ServerEvent::Error(error)),
            Effect::Send(draft, receipt) => {
                let mut answers = self.rooms.send(vec![*draft]).await;
                let none = || Err(kit::Error::internal("not one answer for the draft"));
                reply(&session::answer(receipt, answers.pop().unwrap_or_else(none)))
            }
        }
    }

    async fn end(&self, id: &str) -> Value {
        tracing::info!(connection = id, "a connection without a row is ended");
        if let Err(error) = self.posts.close(id).await {
            tracing::warn!(%error, connection = id, "a connection could not be ended");
        }
        silence()
    }
}

/// Whatever was sent may be sent again.
fn unavailable(error: &AwsError) -> ServerEvent {
    tracing::warn!(%error, "the connections cannot be read");
    ServerEvent::Error(SocketError {
        code: SocketErrorCode::Unavailable,
        message: "The message could not be taken now. Try again in a moment.".into(),
        client_message_id: None,
        action: None,
        retry_after_ms: Some(1000),
    })
}
