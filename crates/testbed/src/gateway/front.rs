//! The WebSocket in front. Frames of one connection are invocations one after the other.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use axum::{
    body::Body,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, sync::mpsc};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};

use super::connections::Say;

const FRAME_MAX: usize = 32 * 1024;
/// In several frames.
const MESSAGE_MAX: usize = 128 * 1024;
/// How long a client may go on talking once it was told of the end.
const FAREWELL: Duration = Duration::from_secs(5);
const ROUTES: [&str; 2] = ["sendMessage", "ping"];

type Stream = WebSocketStream<TokioIo<Upgraded>>;

pub async fn open(
    State(state): State<super::State>,
    Query(query): Query<Vec<(String, String)>>,
    request: Request,
) -> Response {
    let (mut parts, _) = request.into_parts();
    let (Some(pending), Some(key)) =
        (parts.extensions.remove::<OnUpgrade>(), parts.headers.get(header::SEC_WEBSOCKET_KEY))
    else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let accept = derive_accept_key(key.as_bytes());
    let connection = Connection::new(state);
    let answer = match connection.invoke("$connect", with_request(&query, &parts.headers)).await {
        Ok(answer) => answer,
        Err(why) => {
            eprintln!("$connect failed: {why}");
            return StatusCode::BAD_GATEWAY.into_response();
        }
    };
    let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    if status != Some(200) {
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        return status.unwrap_or(StatusCode::BAD_GATEWAY).into_response();
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, HeaderValue::try_from(accept).expect("base64"));
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let value = HeaderValue::from_str(value.as_str().expect("text")).expect("a header");
        headers.insert(HeaderName::try_from(name).expect("a header"), value);
    }
    tokio::spawn(async move {
        if let Ok(upgraded) = pending.await {
            connection.serve(upgraded).await;
        }
        // Told of the end even where the client was gone before it began.
        connection.invoke("$disconnect", json!({})).await.ok();
    });
    response
}

struct Connection {
    id: String,
    state: super::State,
    connected_at: u64,
}

impl Connection {
    fn new(state: super::State) -> Self {
        let random = uuid::Uuid::new_v4().simple().to_string();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        let connected_at = u64::try_from(now.as_millis()).expect("not that far");
        // As AWS makes them: they have to be escaped in addresses.
        Self { id: format!("{}/{}=", &random[..7], &random[7..14]), state, connected_at }
    }

    async fn serve(&self, upgraded: Upgraded) {
        let config =
            WebSocketConfig::default().max_message_size(Some(MESSAGE_MAX)).max_frame_size(Some(FRAME_MAX));
        let stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config));
        let mut stream = stream.await;
        let said = self.state.connections.open(&self.id);
        let code = self.talk(&mut stream, said).await;
        self.state.connections.close(&self.id);
        if let Some(code) = code {
            let reason = Utf8Bytes::from_static("");
            stream.send(Message::Close(Some(CloseFrame { code, reason }))).await.ok();
            // Read away as bytes: the library reads nothing past a frame that is too large, and a connection that is
            // closed with something unread is reset, so that the client would never see the code.
            let raw = stream.get_mut();
            raw.shutdown().await.ok();
            tokio::time::timeout(FAREWELL, tokio::io::copy(raw, &mut tokio::io::sink())).await.ok();
        }
    }

    /// Until one side ends it; how, where it is this one.
    async fn talk(&self, stream: &mut Stream, mut said: mpsc::Receiver<Say>) -> Option<CloseCode> {
        loop {
            tokio::select! {
                say = said.recv() => match say {
                    Some(Say::Text(text)) => stream.send(Message::text(text)).await.ok()?,
                    Some(Say::Close) | None => return Some(CloseCode::Normal),
                },
                received = stream.next() => {
                    let event = match received {
                        Some(Ok(Message::Text(text))) => json!({"body": text.as_str(), "isBase64Encoded": false}),
                        Some(Ok(Message::Binary(_))) => return Some(CloseCode::Unsupported),
                        Some(Ok(Message::Close(_)) | Err(Error::ConnectionClosed)) | None => return None,
                        Some(Ok(_)) => continue,
                        Some(Err(Error::Capacity(_))) => return Some(CloseCode::Size),
                        Some(Err(Error::Utf8(_))) => return Some(CloseCode::Invalid),
                        Some(Err(_)) => return None,
                    };
                    // Posts are taken meanwhile, they wait in the line.
                    let answer = self.invoke(route(&event), event).await;
                    let body = match answer {
                        Ok(answer) => answer["body"].as_str().map(str::to_owned),
                        Err(_) => Some(json!({"message": "Internal server error", "connectionId": self.id}).to_string()),
                    };
                    if let Some(body) = body {
                        stream.send(Message::text(body)).await.ok()?;
                    }
                }
            }
        }
    }

    async fn invoke(&self, route: &str, mut event: Value) -> Result<Value, String> {
        let kind = match route {
            "$connect" => "CONNECT",
            "$disconnect" => "DISCONNECT",
            _ => "MESSAGE",
        };
        event["requestContext"] = json!({
            "routeKey": route,
            "eventType": kind,
            "connectionId": self.id,
            "connectedAt": self.connected_at,
            "requestId": uuid::Uuid::new_v4(),
            "stage": super::STAGE,
            "apiId": "test",
            "domainName": "test.execute-api.us-east-1.amazonaws.com",
        });
        self.state.functions.invoke(event).await
    }
}

/// The route selection expression `$request.body.action`.
fn route(event: &Value) -> &'static str {
    let body: Value =
        event["body"].as_str().and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
    ROUTES.into_iter().find(|route| body["action"] == *route).unwrap_or("$default")
}

fn with_request(query: &[(String, String)], headers: &HeaderMap) -> Value {
    let headers = headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned()));
    let headers: Vec<_> = headers.collect();
    json!({
        "headers": single(&headers),
        "multiValueHeaders": multiple(&headers),
        // `null` where there is nothing.
        "queryStringParameters": if query.is_empty() { Value::Null } else { json!(single(query)) },
        "multiValueQueryStringParameters": if query.is_empty() { Value::Null } else { json!(multiple(query)) },
        "isBase64Encoded": false,
    })
}

/// The last one counts.
fn single(pairs: &[(String, String)]) -> HashMap<String, String> {
    pairs.iter().cloned().collect()
}

fn multiple(pairs: &[(String, String)]) -> HashMap<String, Vec<String>> {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in pairs {
        all.entry(name.clone()).or_default().push(value.clone());
    }
    all
}
