//! A server on a free port, people who act on it, and answers that are easy to judge.

mod answer;
mod person;
mod smtp;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use auth::{Auth, Config, Migrator};
use axum::Router;
use fanout::{Bus, Deliveries, Delivery, Event, Interest, MemoryBus, Topic};
use kit::{
    address::TrustedProxies, config::Secret, db::Database, internal_key::InternalKeys, jwt::Tokens,
    revocations::Revocations, shutdown::Tasks,
};
use sea_orm::{ConnectionTrait, Statement, TryGetable};
use serde_json::{Value, json};
use testbed::{Engine, TestDatabase};
use tokio::net::TcpListener;

pub use answer::Answer;
pub use person::Person;
pub use smtp::SmtpSink;

pub const ENGINE: Engine = Engine::of(env!("CARGO_CRATE_NAME"));
pub const FRONTEND_URL: &str = "https://chat.example.org";
pub const INTERNAL_KEY: &str = "key-of-the-services";
pub const PASSWORD: &str = "correct horse battery";

pub struct TestApp {
    pub url: String,
    pub auth: Auth,
    pub db: Database,
    pub tokens: Tokens,
    pub tasks: Tasks,
    client: reqwest::Client,
    bus: Arc<MemoryBus>,
    _database: TestDatabase,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::start_in(TestDatabase::new(ENGINE).await, adjust).await
    }

    /// On this database, brought up to date.
    pub async fn start_in(database: TestDatabase, adjust: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            frontend_url: FRONTEND_URL.into(),
            dev_mode: true,
            signups_open: true,
            rate_limits: false,
            mail: None,
            trusted_proxies: TrustedProxies::default(),
            internal_keys: InternalKeys::new([&Secret::new(INTERNAL_KEY)]),
        };
        adjust(&mut config);
        let db = Database::open(&database.url().parse().unwrap()).await.unwrap();
        db.migrate::<Migrator>().await.unwrap();
        let revocations = Revocations::new(Duration::from_secs(900));
        let tokens = Tokens::new(&Secret::new("0123456789abcdef0123456789abcdef"), revocations);
        let bus = Arc::new(MemoryBus::default());
        let tasks = Tasks::default();
        let auth = Auth::start(db.clone(), tokens.clone(), bus.clone(), config, &tasks).await.unwrap();
        let url = serve(&auth).await;
        Self { url, auth, db, tokens, tasks, client: reqwest::Client::new(), bus, _database: database }
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        Answer::of(self.request("POST", path).json(&body)).await
    }

    pub async fn sign_up(&self, name: &str) -> Person<'_> {
        let email = format!("{name}@example.org");
        let body = json!({"username": name, "email": email, "password": PASSWORD});
        let answer = self.post("/auth/signup", body).await.expect(201);
        Person::new(self, &answer.body)
    }

    pub async fn log_in(&self, who: &str, password: &str) -> Answer {
        self.post("/auth/login", json!({"email": who, "password": password})).await
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        self.post("/auth/refresh", json!({"refreshToken": token})).await
    }

    pub async fn introspect(&self, token: &str) -> Value {
        let request = self.request("POST", "/auth/introspect").header("x-internal-api-key", INTERNAL_KEY);
        Answer::of(request.json(&json!({"token": token}))).await.expect(200).body
    }

    /// Changes rows behind the server's back: time passes, an old version left something.
    pub async fn sql(&self, sql: &str) {
        self.db.writer.execute_unprepared(sql).await.unwrap();
    }

    pub async fn value<T: TryGetable>(&self, sql: &str) -> T {
        let statement = Statement::from_string(self.db.reader.get_database_backend(), sql);
        let row = self.db.reader.query_one_raw(statement).await.unwrap().expect("a row");
        row.try_get_by_index(0).unwrap()
    }

    /// Listens to what is published about accounts from now on.
    pub async fn listen(&self) -> Listener {
        let (interest, deliveries) = self.bus.subscribe();
        interest.listen(&[Topic::Accounts]).await;
        Listener { _interest: interest, deliveries }
    }
}

pub struct Listener {
    _interest: Box<dyn Interest>,
    deliveries: Box<dyn Deliveries>,
}

impl Listener {
    pub async fn next(&mut self) -> Event {
        let delivery = tokio::time::timeout(Duration::from_secs(5), self.deliveries.next());
        match delivery.await.expect("an event within 5 s") {
            Some(Delivery::Event(_, event)) => (*event).clone(),
            other => panic!("no event: {other:?}"),
        }
    }
}

async fn serve(auth: &Auth) -> String {
    let routes = auth::routes().merge(auth::internal_routes()).with_state(auth.clone());
    let (router, _): (Router, _) = routes.split_for_parts();
    let router =
        router.fallback(kit::http::not_found).method_not_allowed_fallback(kit::http::method_not_allowed);
    let router = kit::layers::wrap(router, FRONTEND_URL);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    url
}
