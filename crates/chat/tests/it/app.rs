//! `TestApp`, users that act, and a listener on the bus.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::Router;
use chat::{Chat, Config, Migrator};
use fanout::{Bus, Deliveries, Delivery, Event, Interest, MemoryBus, Topic};
use kit::{config::Secret, db::Database, jwt::Tokens, revocations::Revocations, shutdown::Tasks};
use protocol::{
    Code, Message, Problem, Room, RoomId, SessionId, Timestamp, UserId,
    accounts::Claims,
    rooms::{RoomSummary, RoomWithMembers},
    seams::Sender,
};
use reqwest::{Method, StatusCode};
use sea_orm::Statement;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use testbed::{Engine, Proxy, TestDatabase};

use crate::accounts::TestAccounts;

pub const ENGINE: Engine = Engine::of(env!("CARGO_CRATE_NAME"));
/// Long enough for a slow machine; only a failing test waits for it.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct TestApp {
    pub chat: Chat,
    pub bus: Arc<MemoryBus>,
    pub accounts: Arc<TestAccounts>,
    pub tasks: Tasks,
    pub db: Database,
    tokens: Tokens,
    url: String,
    client: reqwest::Client,
    database: Arc<TestDatabase>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(Arc::default(), &unlimited()).await
    }

    pub async fn start_with(accounts: Arc<TestAccounts>, config: &Config) -> Self {
        Self::start_in(Arc::new(TestDatabase::new(ENGINE).await), accounts, config).await
    }

    /// Through something that can fail. `None` where the database is a file.
    pub async fn start_behind_proxy() -> Option<(Self, Proxy)> {
        let mut database = TestDatabase::new(ENGINE).await;
        if ENGINE == Engine::Sqlite {
            return None;
        }
        let proxy = Proxy::start(&[database.port]).await;
        database.port = proxy.port();
        Some((Self::start_in(Arc::new(database), Arc::default(), &unlimited()).await, proxy))
    }

    /// Another process on the same database, while this one runs.
    pub async fn beside(&self) -> Self {
        Self::start_in(self.database.clone(), self.accounts.clone(), &unlimited()).await
    }

    /// Another process on the same database, after this one.
    pub async fn restart(&self) -> Self {
        assert!(self.tasks.stop(PATIENCE).await);
        Self::start_in(self.database.clone(), self.accounts.clone(), &unlimited()).await
    }

    /// Every statement that goes through the pools is told.
    pub async fn start_heard(heard: impl Fn(&Statement) + Clone + Send + Sync + 'static) -> Self {
        let database = Arc::new(TestDatabase::new(ENGINE).await);
        let mut db = open(&database).await;
        db.reader.on_statement(heard.clone());
        db.writer.on_statement(heard);
        Self::start_on(db, database, Arc::default(), &unlimited()).await
    }

    /// More connections to its database.
    pub async fn open_again(&self) -> Database {
        open(&self.database).await
    }

    /// On this database, brought up to date.
    pub async fn start_in(database: Arc<TestDatabase>, accounts: Arc<TestAccounts>, config: &Config) -> Self {
        Self::start_on(open(&database).await, database, accounts, config).await
    }

    async fn start_on(
        db: Database,
        database: Arc<TestDatabase>,
        accounts: Arc<TestAccounts>,
        config: &Config,
    ) -> Self {
        let secret = Secret::new("0123456789abcdef0123456789abcdef");
        let tokens = Tokens::new(&secret, Revocations::new(Duration::from_secs(900)));
        let (bus, tasks) = (Arc::new(MemoryBus::default()), Tasks::default());
        let started = Chat::start(db.clone(), tokens.clone(), bus.clone(), accounts.clone(), *config, &tasks);
        let chat = started.await.unwrap();
        let (router, _) = chat::routes().with_state::<()>(chat.clone()).split_for_parts();
        let url = serve(router).await;
        Self { chat, bus, accounts, tasks, db, tokens, url, client: reqwest::Client::new(), database }
    }

    pub fn user(&self, username: &str) -> TestUser {
        let id = UserId::random();
        self.accounts.add(id, username);
        self.user_with_id(username, id)
    }

    pub fn user_with_id(&self, username: &str, id: UserId) -> TestUser {
        let iat = Timestamp::now().as_secs();
        let sid = SessionId::random();
        let claims =
            Claims { id, sub: id, username: username.into(), sid, iat, exp: iat + 600, jti: "1".into() };
        TestUser {
            id,
            username: username.into(),
            session: sid,
            token: self.tokens.sign(&claims).unwrap(),
            url: self.url.clone(),
            client: self.client.clone(),
        }
    }

    pub fn revoke(&self, session: SessionId) {
        self.tokens.revocations().add_now(&[session]);
    }

    pub async fn listen(&self, topics: &[Topic]) -> Listener {
        let (interest, deliveries) = self.bus.subscribe();
        interest.listen(topics).await;
        Listener { _interest: interest, deliveries }
    }
}

async fn open(database: &TestDatabase) -> Database {
    let db = Database::open(&database.url().parse().unwrap()).await.unwrap();
    db.migrate::<Migrator>().await.unwrap();
    db
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router =
        router.method_not_allowed_fallback(kit::http::method_not_allowed).fallback(kit::http::not_found);
    let router = kit::layers::wrap(router, "http://localhost");
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

pub fn unlimited() -> Config {
    let any = NonZeroU32::MIN;
    Config { message_rate: any, message_burst: any, rate_limits: false, is_alone: false }
}

#[derive(Clone)]
pub struct TestUser {
    pub id: UserId,
    pub username: String,
    pub session: SessionId,
    pub token: String,
    url: String,
    client: reqwest::Client,
}

impl TestUser {
    pub fn sender(&self) -> Sender {
        Sender { user_id: self.id, username: self.username.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body.to_string())).await
    }

    pub async fn post_text(&self, path: &str, body: &str) -> Answer {
        self.call(Method::POST, path, Some(body.into())).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.unwrap();
        Answer {
            status: response.status(),
            has_more: response.headers().get("x-has-more").map(|value| value == "true"),
            retry_after: response.headers().get("retry-after").map(|v| v.to_str().unwrap().parse().unwrap()),
            content_type: response.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned()),
            body: response.text().await.unwrap(),
        }
    }

    pub async fn create_room(&self, name: &str) -> RoomId {
        let answer = self.post("/rooms/create", json!({"name": name})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json::<Room>().id
    }

    pub async fn add(&self, room: RoomId, other: &TestUser) {
        self.post(&format!("/rooms/{room}/add-member"), json!({"username": other.username}))
            .await
            .ok::<Value>();
    }

    pub async fn send(&self, room: RoomId, content: &str) -> Message {
        let answer = self.post(&format!("/messages/{room}"), json!({"content": content})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.json()
    }

    pub async fn send_as(&self, room: RoomId, content: &str, client_id: &str) -> Answer {
        let body = json!({"content": content, "clientMessageId": client_id});
        self.post(&format!("/messages/{room}"), body).await
    }

    pub async fn read(&self, room: RoomId, seq: i64) -> Answer {
        self.post(&format!("/rooms/{room}/read"), json!({"seq": seq})).await
    }

    pub async fn remove(&self, room: RoomId, user: UserId) -> Answer {
        self.delete(&format!("/rooms/{room}/members/{user}")).await
    }

    pub async fn messages(&self, room: RoomId) -> Vec<Message> {
        self.get(&format!("/messages/{room}?limit=200")).await.ok()
    }

    pub async fn room(&self, room: RoomId) -> RoomWithMembers {
        self.get(&format!("/rooms/{room}")).await.ok()
    }

    pub async fn my_rooms(&self) -> Vec<RoomSummary> {
        self.get("/rooms/my-rooms").await.ok()
    }

    pub async fn general(&self) -> RoomSummary {
        self.get("/rooms/general").await.ok()
    }

    /// `[last_seq, last_read_seq, unread]` as the list says.
    pub async fn position(&self, room: RoomId) -> [i64; 3] {
        let rooms = self.my_rooms().await;
        let summary = rooms.iter().find(|summary| summary.room.id == room).unwrap();
        [summary.last_seq.0, summary.last_read_seq.0, summary.unread]
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub has_more: Option<bool>,
    pub retry_after: Option<u64>,
    pub content_type: Option<String>,
    pub body: String,
}

impl Answer {
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.json()
    }

    /// Asserts a problem document of this status and returns its code.
    #[track_caller]
    pub fn refused(&self, status: u16) -> Code {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.content_type.as_deref(), Some("application/problem+json"));
        let problem: Problem = self.json();
        assert_eq!(problem.status, status);
        problem.code
    }

    /// The field at fault and what is wrong with it, of a 400.
    #[track_caller]
    pub fn field(&self) -> (String, String) {
        self.refused(400);
        let problem: Value = self.json();
        let text = |name: &str| problem["errors"][0][name].as_str().unwrap_or_default().to_owned();
        (text("field"), text("code"))
    }
}

pub struct Listener {
    _interest: Box<dyn Interest>,
    deliveries: Box<dyn Deliveries>,
}

impl Listener {
    pub async fn next(&mut self) -> Event {
        let delivery = tokio::time::timeout(PATIENCE, self.deliveries.next()).await;
        match delivery.expect("no event came") {
            Some(Delivery::Event(_, event)) => (*event).clone(),
            other => panic!("{other:?}"),
        }
    }
}
