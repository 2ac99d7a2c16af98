//! The WebSocket behind API Gateway: each connect, frame and disconnect is an invocation; what a connection is stands in
//! the table.

mod connecting;
pub mod events;
mod frames;
mod greeting;

use fanout::{
    aws::Aws,
    gateway::{Connections, Posts},
};
use kit::{config, config::Secret, jwt::Tokens, peers::Peer, revocations::Revocations};
use realtime::RemoteRooms;
use serde_json::Value;

use crate::settings::{optional, required, secret, token_lifetime};
use events::{Greet, Kind, Proxied};

const ASKS_MAX: usize = 8;

pub struct Sockets {
    aws: Aws,
    tokens: Tokens,
    rooms: RemoteRooms,
    /// Also asked about what is no room.
    chat: Peer,
    connections: Connections,
    posts: Posts,
    /// This function, which calls itself.
    name: String,
}

impl Sockets {
    pub async fn from_env() -> Result<Self, String> {
        let aws = Aws::from_env()?;
        let table = required(
            "DYNAMODB_TABLE",
            "the table of connections (for example DYNAMODB_TABLE=ws-connections)",
        )?;
        let endpoint = required(
            "WS_MANAGEMENT_ENDPOINT",
            "where API Gateway takes posts (for example https://abc123.execute-api.us-east-1.amazonaws.com/prod)",
        )?;
        let chat =
            required("CHAT_SERVICE_INTERNAL", "where the chat-service is, such as http://chat-service:5000")?;
        let chat = config::service(&chat).map_err(|why| format!("CHAT_SERVICE_INTERNAL {why}"))?;
        let (jwt_secret, key): (Secret, Secret) = futures::try_join!(
            secret(&aws, "JWT_SECRET", "the key of the access tokens, at least 32 bytes"),
            secret(&aws, "INTERNAL_API_KEY", "the key that services show each other"),
        )?;
        if jwt_secret.expose().len() < 32 {
            return Err("JWT_SECRET must be at least 32 bytes, the same as the services have".into());
        }
        let explain = |error| format!("INTERNAL_API_KEY must be plain characters without spaces: {error}");
        Ok(Self {
            tokens: Tokens::new(&jwt_secret, Revocations::new(token_lifetime()?)),
            rooms: RemoteRooms::new(&chat, &key).map_err(explain)?,
            chat: Peer::new("chat", &chat, &key, ASKS_MAX).map_err(explain)?,
            connections: Connections::new(&aws, &table),
            posts: Posts::new(&aws, &endpoint),
            name: optional("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "ws".into()),
            aws,
        })
    }

    pub async fn handle(&self, event: Value) -> Result<Value, String> {
        if let Ok(Greet { greet }) = serde_json::from_value(event.clone()) {
            return self.greet(&greet).await.map(|()| Value::Null);
        }
        let event: Proxied =
            serde_json::from_value(event).map_err(|error| format!("not an event of API Gateway: {error}"))?;
        Ok(match event.kind() {
            Kind::Connect => self.connect(&event).await,
            Kind::Disconnect => self.disconnect(&event).await,
            Kind::Frame => self.receive(&event).await,
        })
    }
}
