//! A server on a port of its own, and clients that act.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::ListenerExt;
use futures::{SinkExt, StreamExt};
use kit::{config::Secret, jwt::Tokens, revocations::Revocations, shutdown::Tasks};
use protocol::{ServerEvent, SessionId, Timestamp, accounts::Claims, seams::Sender};
use realtime::{Config, Realtime, Stats};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::frame::Frame},
};

use crate::world::World;

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(10);

pub struct Server {
    pub address: SocketAddr,
    pub world: Arc<World>,
    pub realtime: Realtime,
    pub tokens: Tokens,
    pub tasks: Tasks,
    _serving: tokio::task::JoinSet<std::io::Result<()>>,
}

pub struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The subprotocol that the server chose.
    pub protocol: Option<String>,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(Config::default()).await
    }

    pub async fn start_with(config: Config) -> Self {
        let world = Arc::new(World::default());
        let revocations = Revocations::new(Duration::from_secs(900));
        let tokens = Tokens::new(&Secret::new("0123456789abcdef0123456789abcdef"), revocations);
        let tasks = Tasks::default();
        let realtime = Realtime::start_with(config, world.clone(), &world.bus, tokens.clone(), &tasks);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = realtime::router(realtime.clone());
        let mut serving = tokio::task::JoinSet::new();
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        serving.spawn(async move { axum::serve(listener, router).await });
        Self { address, world, realtime, tokens, tasks, _serving: serving }
    }

    pub fn token(&self, user: &Sender, sid: SessionId, lifetime_secs: i64) -> String {
        let iat = Timestamp::now().as_secs();
        let id = user.user_id;
        let username = user.username.clone();
        let claims = Claims { id, sub: id, username, sid, iat, exp: iat + lifetime_secs, jti: "1".into() };
        self.tokens.sign(&claims).unwrap()
    }

    /// `query` follows `/ws?`.
    pub async fn open(&self, query: &str, protocols: Option<&str>) -> Client {
        let mut request = format!("ws://{}/ws?{query}", self.address).into_client_request().unwrap();
        if let Some(protocols) = protocols {
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
        }
        let (stream, response) = timeout(PATIENCE, connect_async(request)).await.unwrap().unwrap();
        let protocol = response.headers().get("sec-websocket-protocol");
        let protocol = protocol.map(|value| value.to_str().unwrap().to_owned());
        Client { stream, protocol }
    }

    /// An all-rooms connection that was told `connected`.
    pub async fn connect(&self, user: &Sender) -> Client {
        let token = self.token(user, SessionId::random(), 60);
        let mut client = self.open(&format!("token={token}"), None).await;
        assert!(matches!(client.next().await, ServerEvent::System { .. }));
        client
    }

    /// As `connect`, over a connection whose end here takes little that nobody reads.
    pub async fn connect_narrow(&self, user: &Sender) -> Client {
        let token = self.token(user, SessionId::random(), 60);
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(64 * 1024).unwrap();
        let stream = MaybeTlsStream::Plain(socket.connect(self.address).await.unwrap());
        let request = format!("ws://{}/ws?token={token}", self.address);
        let (stream, _) = timeout(PATIENCE, client_async(request, stream)).await.unwrap().unwrap();
        let mut client = Client { stream, protocol: None };
        assert!(matches!(client.next().await, ServerEvent::System { .. }));
        client
    }

    /// One of the figures that it tells operators.
    pub fn figure(&self, name: &str) -> f64 {
        let mut registry = kit::metrics::registry("ws");
        self.realtime.register_metrics(kit::metrics::ours(&mut registry));
        let text = kit::metrics::text(&registry);
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.expect("a figure of this name").parse().unwrap()
    }

    /// The bare bytes of a connection that was upgraded, for what no library sends.
    pub async fn connect_bare(&self, user: &Sender) -> TcpStream {
        let token = self.token(user, SessionId::random(), 60);
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "GET /ws?token={token} HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(PATIENCE, stream.read_u8()).await.unwrap().unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
        stream
    }

    /// Sends a plain request; returns the whole answer.
    pub async fn request(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(format!("{head}\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer
    }

    /// Waits until so many connections are open.
    pub async fn connections(&self, expected: usize) {
        until(|| self.realtime.stats().connections == expected).await;
        if expected == 0 {
            assert_eq!(self.realtime.stats(), Stats::default());
        }
    }
}

pub async fn until(reached: impl Fn() -> bool) {
    let reached = async {
        while !reached() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, reached).await.expect("never came about");
}

impl Client {
    pub async fn send(&mut self, message: Message) {
        timeout(PATIENCE, self.stream.send(message)).await.unwrap().unwrap();
    }

    /// Sends without minding a server that has already gone.
    pub async fn try_send(&mut self, message: Message) -> Result<(), tungstenite::Error> {
        timeout(PATIENCE, self.stream.send(message)).await.unwrap()
    }

    pub async fn text(&mut self, text: impl Into<String>) {
        self.send(Message::text(text.into())).await;
    }

    pub async fn frame(&mut self, frame: Frame) {
        self.send(Message::Frame(frame)).await;
    }

    pub async fn receive(&mut self) -> Message {
        timeout(PATIENCE, self.stream.next()).await.expect("nothing came").expect("closed").expect("failed")
    }

    pub async fn json(&mut self) -> Value {
        loop {
            match self.receive().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                message => panic!("no event but {message:?}"),
            }
        }
    }

    pub async fn next(&mut self) -> ServerEvent {
        let json = self.json().await;
        let event = serde_json::from_value(json.clone());
        event.unwrap_or_else(|error| panic!("{error}: {json}"))
    }

    /// Reads to the end; the code and reason of the close frame.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = self.receive().await {
                let frame = frame.expect("a close frame has a code");
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    pub async fn is_alive(&mut self) {
        self.text(r#"{"action":"ping"}"#).await;
        assert_eq!(self.next().await, ServerEvent::Pong);
    }

    pub async fn close(mut self) {
        timeout(PATIENCE, self.stream.close(None)).await.unwrap().unwrap();
        while let Some(received) = timeout(PATIENCE, self.stream.next()).await.unwrap() {
            received.unwrap();
        }
    }
}
