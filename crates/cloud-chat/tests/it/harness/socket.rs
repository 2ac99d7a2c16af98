//! A WebSocket connection: says frames, waits for events, keeps those that nobody asked for yet.

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::SocketAddr,
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        self, Message as Frame,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue, Response, header::SEC_WEBSOCKET_PROTOCOL},
    },
};

use super::{Api, Holder, PATIENCE, Refusal, SOON, within};

/// How long a client waits for a connection before it tries anew.
const CONNECTING: Duration = Duration::from_secs(12);
/// How much a narrow peer's kernel takes.
const NARROW_BYTES: u32 = 4096;

pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// Arrived, not yet asked for.
    waiting: VecDeque<Value>,
    closed: Option<Closed>,
    holder: Holder,
    /// The `seq` of the last message of each room that was asked for.
    heard: HashMap<i64, i64>,
    /// The `connected` event.
    pub connected: Value,
}

/// How the server ended the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// 1006 where it said nothing.
    pub code: u16,
    pub reason: String,
}

impl Socket {
    /// Connects and waits for `connected`.
    pub async fn open(api: &Api, query: &str) -> Self {
        Self::dial(api, query).await.expect("the upgrade is accepted").greeted().await
    }

    /// The token travels as a sub-protocol; also what the server echoed.
    pub async fn open_by_protocol(api: &Api, query: &str, token: &str) -> (Self, String) {
        let protocols = format!("bearer, {token}");
        let headers = [("sec-websocket-protocol", protocols.as_str())];
        let (socket, response) = upgrade(api, query, &headers, None).await.expect("the upgrade is accepted");
        let echoed =
            response.headers().get(SEC_WEBSOCKET_PROTOCOL).map_or("", |v| v.to_str().expect("ASCII"));
        let echoed = echoed.to_owned();
        (socket.greeted().await, echoed)
    }

    /// A peer whose kernel takes little: what it does not read soon stays with the server.
    pub async fn open_narrow(api: &Api, query: &str) -> Self {
        let (socket, _) =
            upgrade(api, query, &[], Some(NARROW_BYTES)).await.expect("the upgrade is accepted");
        socket.greeted().await
    }

    /// Connects and expects to be refused for this reason; what is said of it.
    pub async fn refused(api: &Api, query: &str, why: Refusal) -> String {
        let dialled = Self::dial(api, query).await;
        if api.holder() == Holder::ApiGateway {
            let Err(tungstenite::Error::Http(response)) = dialled else {
                panic!("{query}: the upgrade is refused")
            };
            assert_eq!(response.status().as_u16(), why.status(), "{query}");
            return response.status().to_string();
        }
        let mut socket = dialled.expect("the upgrade is accepted, the close says why not");
        let closed = socket.expect_close().await;
        assert!(socket.waiting.is_empty(), "a refused connection was told {:?}", socket.waiting);
        assert_eq!(closed.code, 1008, "{query}: {closed:?}");
        assert!(!closed.reason.is_empty(), "{query}");
        closed.reason
    }

    /// Upgraded, perhaps about to be refused.
    pub async fn dial(api: &Api, query: &str) -> Result<Self, tungstenite::Error> {
        Self::dial_with(api, query, &[]).await
    }

    /// The same with headers of one's own.
    pub async fn dial_with(
        api: &Api,
        query: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        upgrade(api, query, headers, None).await.map(|(socket, _)| socket)
    }

    /// As `open_narrow`, perhaps about to be refused.
    pub async fn dial_narrow(api: &Api, query: &str) -> Result<Self, tungstenite::Error> {
        upgrade(api, query, &[], Some(NARROW_BYTES)).await.map(|(socket, _)| socket)
    }

    /// Waits for `connected`, or until the server closes or its silence says as much.
    pub async fn greeting(mut self) -> Result<Self, Closed> {
        let first = tokio::time::timeout(CONNECTING, self.read()).await;
        if let Some(event) = first.unwrap_or_else(|_| self.cut()) {
            assert_eq!((&event["type"], &event["event"]), (&json!("system"), &json!("connected")), "{event}");
            self.connected = event;
            return Ok(self);
        }
        Err(self.closed.expect("nothing more to read means closed"))
    }

    async fn greeted(self) -> Self {
        self.greeting().await.unwrap_or_else(|closed| panic!("closed instead of connected: {closed:?}"))
    }

    /// The room's `lastSeq` in `connected`, if it is there.
    pub fn position(&self, room: i64) -> Option<i64> {
        let rooms = self.connected["rooms"].as_array().expect("rooms");
        rooms.iter().find(|position| position["roomId"] == room)?["lastSeq"].as_i64()
    }

    pub async fn say(&mut self, frame: &Value) {
        self.say_text(&frame.to_string()).await;
    }

    pub async fn say_text(&mut self, text: &str) {
        self.say_frame(Frame::text(text)).await;
    }

    pub async fn say_frame(&mut self, frame: Frame) {
        self.try_say(frame).await.expect("the connection takes a frame");
    }

    /// For frames that the server may cut short by closing.
    pub async fn try_say(&mut self, frame: Frame) -> Result<(), tungstenite::Error> {
        within(PATIENCE, "the connection takes a frame", self.stream.send(frame)).await
    }

    /// Asks to send, without waiting for the `ack`.
    pub async fn send(&mut self, room: i64, client_message_id: &str, content: &str) {
        self.say(&send_message(room, client_message_id, content)).await;
    }

    /// Sends and waits for the `ack`.
    pub async fn send_acked(&mut self, room: i64, client_message_id: &str, content: &str) -> Value {
        self.send(room, client_message_id, content).await;
        let what = format!("the ack of {client_message_id}");
        self.expect_where(&what, |event| {
            event["type"] == "ack" && event["clientMessageId"] == client_message_id
        })
        .await
    }

    /// The first event of this type that was not asked for yet.
    pub async fn expect(&mut self, kind: &str) -> Value {
        self.expect_where(kind, |event| event["type"] == kind).await
    }

    /// The message of the next `message` event of the room. Where posts may overtake and repeat each other, of the next one
    /// that is newer, as rule 3's client drops the others.
    pub async fn expect_message(&mut self, room: i64) -> Value {
        let what = format!("a message of room {room}");
        let heard = self.heard.get(&room).copied().or_else(|| self.position(room)).unwrap_or_default();
        let is_any = self.holder.keeps_order();
        let event = self
            .expect_where(&what, |event| {
                event["type"] == "message"
                    && event["roomId"] == room
                    && (is_any || event["message"]["seq"].as_i64() > Some(heard))
            })
            .await;
        let message = event["message"].clone();
        self.heard.insert(room, message["seq"].as_i64().expect("a number"));
        message
    }

    /// The next error, which has this code.
    pub async fn expect_error(&mut self, code: &str) -> Value {
        let error = self.expect("error").await;
        assert_eq!(error["code"], code, "{error}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{error}");
        error
    }

    pub async fn expect_where(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(place) = self.waiting.iter().position(&wanted) {
            return self.waiting.remove(place).expect("just found");
        }
        loop {
            let Some(event) = within(PATIENCE, what, self.read()).await else {
                panic!("closed {:?} while waiting for {what}", self.closed);
            };
            if wanted(&event) {
                return event;
            }
            self.waiting.push_back(event);
        }
    }

    /// Reads on until the server closes.
    pub async fn expect_close(&mut self) -> Closed {
        while let Some(event) = within(PATIENCE, "the server closes", self.read()).await {
            self.waiting.push_back(event);
        }
        self.closed.clone().expect("nothing more to read means closed")
    }

    /// Cut off with its session, soon.
    pub async fn expect_revoked(&mut self) {
        let closed = within(SOON, "the socket of an ended session is cut", self.expect_close()).await;
        assert_eq!(closed, self.holder.revoked());
    }

    /// It still answers.
    pub async fn assert_alive(&mut self) {
        self.say(&json!({"action": "ping"})).await;
        self.expect("pong").await;
    }

    /// Everything that arrived and was not asked for.
    pub fn unasked(&mut self) -> Vec<Value> {
        self.waiting.drain(..).collect()
    }

    /// The next event; `None` once closed. Safe to cancel.
    pub async fn next(&mut self) -> Option<Value> {
        match self.waiting.pop_front() {
            Some(event) => Some(event),
            None => self.read().await,
        }
    }

    /// As `next`, and `None` as well when the peer does not even answer a ping: as the contract's client takes it, the
    /// connection is no more.
    pub async fn next_alive(&mut self) -> Option<Value> {
        let silence = self.holder.silence_max();
        loop {
            if let Ok(event) = tokio::time::timeout(silence, self.next()).await {
                return event;
            }
            let ping = self.try_say(Frame::text(r#"{"action":"ping"}"#)).await;
            let answer = tokio::time::timeout(silence, self.next()).await;
            match answer {
                Ok(Some(event)) if event["type"] == "pong" => {}
                Ok(event) => return event,
                Err(_) => return self.cut(),
            }
            if ping.is_err() {
                return self.cut();
            }
        }
    }

    /// The peer is gone without a word.
    fn cut(&mut self) -> Option<Value> {
        self.closed.get_or_insert(Closed { code: 1006, reason: String::new() });
        None
    }

    /// How the connection ended, once it did.
    pub fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    async fn read(&mut self) -> Option<Value> {
        while self.closed.is_none() {
            match self.stream.next().await {
                Some(Ok(Frame::Text(text))) => {
                    return Some(serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e} in {text}")));
                }
                Some(Ok(Frame::Close(frame))) => {
                    let said = frame.map(|frame| (u16::from(frame.code), frame.reason.as_str().to_owned()));
                    let (code, reason) = said.unwrap_or((1005, String::new()));
                    self.closed = Some(Closed { code, reason });
                }
                Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => {}
                Some(Ok(other)) => panic!("the server said {other:?}"),
                Some(Err(_)) | None => self.closed = Some(Closed { code: 1006, reason: String::new() }),
            }
        }
        None
    }
}

pub fn send_message(room: i64, client_message_id: &str, content: &str) -> Value {
    json!({"action": "sendMessage", "roomId": room, "content": content, "clientMessageId": client_message_id})
}

async fn upgrade(
    api: &Api,
    query: &str,
    headers: &[(&str, &str)],
    receive_bytes: Option<u32>,
) -> Result<(Socket, Response<Option<Vec<u8>>>), tungstenite::Error> {
    let mut request = format!("{}{query}", api.ws()).into_client_request()?;
    for (name, value) in headers {
        let name: HeaderName = name.parse().expect("a name");
        request.headers_mut().insert(name, HeaderValue::from_str(value).expect("a value"));
    }
    let address: SocketAddr =
        request.uri().authority().expect("an address").as_str().parse().expect("numeric");
    let socket = TcpSocket::new_v4()?;
    if let Some(bytes) = receive_bytes {
        socket.set_recv_buffer_size(bytes)?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    let upgraded = tokio::time::timeout(CONNECTING, client_async(request, stream)).await;
    let (stream, response) = upgraded.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    let socket = Socket {
        stream,
        waiting: VecDeque::new(),
        closed: None,
        holder: api.holder(),
        heard: HashMap::new(),
        connected: Value::Null,
    };
    Ok((socket, response))
}
