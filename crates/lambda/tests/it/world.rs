//! A function that is ready, and clients.

use std::{future::Future, time::Duration};

use futures::{SinkExt, StreamExt};
use kit::{config::Secret, jwt::Tokens, revocations::Revocations};
use protocol::{SessionId, Timestamp, UserId, accounts::Claims};
use serde_json::Value;
use testbed::{
    Process,
    dynamo::{CREDENTIALS, Dynamo, TABLE},
    gateway::Gateway,
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::chat::Chat;

const PATIENCE: Duration = Duration::from_secs(20);
const JWT_SECRET: &str = "the-tests-sign-tokens-with-this-secret";

pub struct World {
    pub dynamo: Dynamo,
    pub gateway: Gateway,
    pub chat: Chat,
    _function: Process,
    folder: tempfile::TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            eprintln!("--- what the function said\n{log}---");
        }
    }
}

pub struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>, pub String);

/// Somebody with a session.
pub struct Person {
    pub user: UserId,
    pub session: SessionId,
    pub token: String,
}

impl Person {
    pub fn new() -> Self {
        Self::with_lifetime(900)
    }

    pub fn with_lifetime(secs: i64) -> Self {
        let (user, session, iat) = (UserId::random(), SessionId::random(), Timestamp::now().as_secs());
        let claims = Claims {
            id: user,
            sub: user,
            username: "zoé".into(),
            sid: session,
            iat,
            exp: iat + secs,
            jti: "1".into(),
        };
        let tokens = Tokens::new(&Secret::new(JWT_SECRET), Revocations::new(Duration::from_secs(900)));
        Self { user, session, token: tokens.sign(&claims).unwrap() }
    }
}

impl World {
    pub async fn start() -> Self {
        let (dynamo, gateway, chat) = tokio::join!(Dynamo::start(), Gateway::start(), Chat::start());
        let folder = tempfile::tempdir().unwrap();
        let endpoint = format!("http://{}", gateway.runtime());
        let settings = [
            ("AWS_LAMBDA_RUNTIME_API", gateway.runtime()),
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamo.url()),
            ("AWS_ENDPOINT_URL_LAMBDA", endpoint),
            ("DYNAMODB_TABLE", TABLE.to_owned()),
            ("WS_MANAGEMENT_ENDPOINT", gateway.management()),
            ("CHAT_SERVICE_INTERNAL", format!("http://127.0.0.1:{}", chat.port)),
            ("INTERNAL_API_KEY", "the-tests-show-this-internal-key".to_owned()),
            ("JWT_SECRET", JWT_SECRET.to_owned()),
        ];
        let settings = settings.into_iter().chain(CREDENTIALS.map(|(name, value)| (name, value.to_owned())));
        let program = env!("CARGO_BIN_EXE_lambda-ws");
        let function = Process::start_with(program, &[], settings, &folder.path().join("log"));
        Self { dynamo, gateway, chat, _function: function, folder }
    }

    pub async fn connect(&self, person: &Person) -> Client {
        let mut client = self.dial(&format!("?token={}", person.token), None).await.unwrap();
        let connected = client.next().await.unwrap();
        assert_eq!((&connected["type"], &connected["event"]), (&"system".into(), &"connected".into()));
        client
    }

    /// The status where it is refused; with the subprotocol that the server chose.
    pub async fn dial(&self, query: &str, protocols: Option<&str>) -> Result<Client, u16> {
        let mut request = format!("{}{query}", self.gateway.ws()).into_client_request().unwrap();
        if let Some(protocols) = protocols {
            let value = HeaderValue::from_str(protocols).unwrap();
            request.headers_mut().insert("sec-websocket-protocol", value);
        }
        match within("the handshake", connect_async(request)).await {
            Ok((stream, response)) => {
                let chosen = response.headers().get("sec-websocket-protocol");
                Ok(Client(stream, chosen.map_or("", |value| value.to_str().unwrap()).to_owned()))
            }
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// Where rows are, in order.
    pub async fn places(&self) -> Vec<String> {
        let rows = self.dynamo.rows().await;
        let mut places: Vec<_> =
            rows.iter().map(|row| row["roomId"]["S"].as_str().unwrap().to_owned()).collect();
        places.sort();
        places
    }

    /// The id of the one connection.
    pub async fn connection(&self) -> String {
        self.dynamo.rows().await[0]["connectionId"]["S"].as_str().unwrap().to_owned()
    }

    pub async fn until_no_rows(&self) {
        within("the rows go", async {
            // All rows are read each time, by a server that does one thing at a time: it needs some to let them go.
            let mut rhythm = tokio::time::interval(Duration::from_millis(200));
            rhythm.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            while !self.dynamo.rows().await.is_empty() {
                rhythm.tick().await;
            }
        })
        .await;
    }
}

impl Client {
    /// `None` once it is closed.
    pub async fn next(&mut self) -> Option<Value> {
        within("an event", async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        })
        .await
    }

    pub async fn say_text(&mut self, text: &str) -> Value {
        self.0.send(Message::text(text)).await.unwrap();
        self.next().await.unwrap()
    }

    pub async fn say_in_vain(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
        assert_eq!(self.next().await, None);
    }

    pub async fn leave(mut self) {
        self.0.close(None).await.unwrap();
    }
}

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("not in time: {what}"))
}
