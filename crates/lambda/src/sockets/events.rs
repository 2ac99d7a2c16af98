//! What the function is invoked with, and what it answers.

use std::collections::HashMap;

use kit::Error;
use protocol::{ServerEvent, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

/// A call to itself: says `connected` on this connection.
#[derive(Debug, Serialize, Deserialize)]
pub struct Greet {
    pub greet: String,
}

/// An event of API Gateway's Lambda proxy integration for WebSocket APIs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proxied {
    pub request_context: Context,
    #[serde(default, deserialize_with = "or_default")]
    multi_value_headers: HashMap<String, Vec<String>>,
    #[serde(default, deserialize_with = "or_default")]
    headers: HashMap<String, String>,
    #[serde(default, deserialize_with = "or_default")]
    multi_value_query_string_parameters: HashMap<String, Vec<String>>,
    #[serde(default, deserialize_with = "or_default")]
    query_string_parameters: HashMap<String, String>,
    #[serde(default)]
    pub body: Option<String>,
    #[serde(default)]
    pub is_base64_encoded: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    pub route_key: String,
    pub connection_id: String,
    /// Milliseconds since 1970.
    #[serde(default)]
    connected_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Connect,
    Disconnect,
    /// Whatever its `action`: `session` knows them.
    Frame,
}

impl Proxied {
    pub fn kind(&self) -> Kind {
        match self.request_context.route_key.as_str() {
            "$connect" => Kind::Connect,
            "$disconnect" => Kind::Disconnect,
            _ => Kind::Frame,
        }
    }

    pub fn connection_id(&self) -> &str {
        &self.request_context.connection_id
    }

    pub fn connected_at(&self) -> Timestamp {
        self.request_context.connected_at.map_or_else(Timestamp::now, Timestamp)
    }

    /// Names are of any case.
    pub fn headers(&self, wanted: &'static str) -> impl Iterator<Item = &str> {
        let many = self
            .multi_value_headers
            .iter()
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        let single = self.headers.iter().filter(|_| self.multi_value_headers.is_empty());
        many.chain(single)
            .filter(move |(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.as_str())
    }

    pub fn query(&self) -> Vec<(String, String)> {
        let many = &self.multi_value_query_string_parameters;
        let many = many.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        let single = self
            .query_string_parameters
            .iter()
            .filter(|_| self.multi_value_query_string_parameters.is_empty());
        many.chain(single).map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// The handshake goes on.
pub fn welcome(protocol: Option<&str>) -> Value {
    match protocol {
        Some(protocol) => json!({"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": protocol}}),
        None => json!({"statusCode": 200}),
    }
}

/// The handshake ends with this status.
pub fn refused(status: u16) -> Value {
    json!({"statusCode": status})
}

/// The route response: what the client hears.
pub fn reply(event: &ServerEvent) -> Value {
    let body = serde_json::to_string(event).expect("an event has only string keys and cannot fail");
    json!({"statusCode": 200, "body": body})
}

pub fn silence() -> Value {
    json!({"statusCode": 200})
}

/// Of a refused handshake.
pub fn status(error: &Error) -> u16 {
    match error {
        Error::Refused(refusal) => match refusal.kind {
            kit::Kind::Unauthorized => 401,
            kit::Kind::NotFound | kit::Kind::Forbidden | kit::Kind::Invalid => 403,
            _ => 503,
        },
        Error::Internal(error) => {
            tracing::error!(error, "a socket could not be connected");
            503
        }
    }
}

/// API Gateway writes `null` where there is nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
