//! A client that follows rule 3 of the delivery guarantee: subscribe, read what came before, merge by `seq`,
//! fill gaps, and come back when cut off.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{sync::watch, task::JoinHandle};
use tokio_tungstenite::tungstenite;

use super::{App, Closed, Message, PATIENCE, Socket, User, within};

/// Between two tries to connect.
const PAUSE: Duration = Duration::from_millis(20);

/// What the client knows of each room, in `seq` order.
type Logs = BTreeMap<i64, Vec<Message>>;

/// What a client is at, since when.
type Doing = Arc<Mutex<(String, Instant)>>;

pub struct MergingClient {
    logs: watch::Receiver<Logs>,
    doing: Doing,
    task: JoinHandle<()>,
}

impl MergingClient {
    pub fn start(app: &App, user: &User) -> Self {
        Self::start_dropping(app, user, |_| false)
    }

    /// Behaves as if events that `lost` picks by their `seq` had never arrived.
    pub fn start_dropping(app: &App, user: &User, lost: fn(i64) -> bool) -> Self {
        Self::start_as(app, user, Manner { lost, pauses: None })
    }

    /// Takes little at a time, and reads nothing while it is told to pause.
    pub fn start_pausing(app: &App, user: &User, pauses: watch::Receiver<bool>) -> Self {
        Self::start_as(app, user, Manner { lost: |_| false, pauses: Some(pauses) })
    }

    fn start_as(app: &App, user: &User, manner: Manner) -> Self {
        let (publish, logs) = watch::channel(Logs::new());
        let doing: Doing = Arc::new(Mutex::new(("begins".into(), Instant::now())));
        let follower = Follower {
            user: user.clone(),
            up: app.up(),
            publish: Arc::new(publish),
            manner,
            doing: doing.clone(),
        };
        Self { logs, doing, task: tokio::spawn(follower.run()) }
    }

    /// Waits until the room's log reaches `seq`, then returns it; it has no gap and no repeat.
    pub async fn log_until(&mut self, room: i64, seq: i64) -> Vec<Message> {
        self.reach(room, seq, PATIENCE).await;
        let log = self.logs.borrow()[&room].clone();
        let expected: Vec<_> = (1..).take(log.len()).collect();
        assert_eq!(log.iter().map(|message| message.seq).collect::<Vec<_>>(), expected, "room {room}");
        log
    }

    /// Waits until the room's log reaches `seq`.
    pub async fn reach(&mut self, room: i64, seq: i64, deadline: Duration) {
        let reaches = |logs: &Logs| logs.get(&room).and_then(|log| log.last()).is_some_and(|m| m.seq >= seq);
        let waited = tokio::time::timeout(deadline, self.logs.wait_for(reaches)).await;
        match waited.map(|logs| logs.is_ok()) {
            Ok(true) => {}
            Ok(false) => (&mut self.task).await.expect("the client goes on"),
            Err(_) => {
                let has = self.summary();
                panic!("room {room} did not reach seq {seq} within {deadline:?}: {has}");
            }
        }
    }

    /// How many messages it has, of all rooms.
    pub fn count(&self) -> usize {
        self.logs.borrow().values().map(Vec::len).sum()
    }

    fn summary(&self) -> String {
        let (doing, since) = self.doing.lock().expect("nobody panicked").clone();
        let doing = format!("{doing}, for {:?}; ", since.elapsed());
        self.logs.borrow().iter().fold(doing, |mut text, (room, log)| {
            write!(text, "room {room} at {:?}; ", log.last().map(|message| message.seq)).expect("a string");
            text
        })
    }
}

impl Drop for MergingClient {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Follower {
    user: User,
    up: watch::Receiver<bool>,
    publish: Arc<watch::Sender<Logs>>,
    manner: Manner,
    doing: Doing,
}

struct Manner {
    lost: fn(i64) -> bool,
    pauses: Option<watch::Receiver<bool>>,
}

/// Cut off: connect again.
struct Cut;

impl Follower {
    async fn run(mut self) {
        loop {
            within(PATIENCE * 2, "the server is up", self.up.wait_for(|up| *up))
                .await
                .expect("the app lives");
            match self.follow().await {
                // A token that was refused is renewed before the next try.
                Ok(closed) if closed.code == 1008 => drop(self.renew().await),
                Ok(_) | Err(Cut) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// One connection's life.
    async fn follow(&mut self) -> Result<Closed, Cut> {
        let query = format!("?token={}", self.user.token);
        self.does("connects");
        let dialled = match self.manner.pauses {
            Some(_) => Socket::dial_narrow(&self.user.api, &query).await,
            None => Socket::dial(&self.user.api, &query).await,
        };
        let socket = match dialled {
            Ok(socket) => socket,
            // API Gateway's way to refuse a token.
            Err(tungstenite::Error::Http(response)) if response.status() == 401 => {
                self.renew().await?;
                return Err(Cut);
            }
            Err(_) => return Err(Cut),
        };
        let mut socket = match socket.greeting().await {
            Ok(socket) => socket,
            Err(closed) => return Ok(closed),
        };
        for position in socket.connected["rooms"].as_array().expect("rooms").clone() {
            self.catch_up(position["roomId"].as_i64().expect("a room id")).await?;
        }
        let mut heard = BTreeMap::new();
        self.does(&format!("listens after {}", socket.connected));
        while let Some(event) = self.next(&mut socket).await {
            if self.user.api.holder().keeps_order() {
                assert_in_order(&mut heard, &event);
            }
            self.take(&event).await?;
        }
        Ok(socket.closed().expect("nothing more to read means closed").clone())
    }

    async fn next(&mut self, socket: &mut Socket) -> Option<Value> {
        if let Some(pauses) = &mut self.manner.pauses {
            // Whoever said so may be gone.
            pauses.wait_for(|is_pause| !is_pause).await.ok();
        }
        socket.next_alive().await
    }

    async fn take(&mut self, event: &Value) -> Result<(), Cut> {
        match event["type"].as_str() {
            Some("message") => {
                let message = Message::of(&event["message"]);
                if (self.manner.lost)(message.seq) {
                    return Ok(());
                }
                let last = self.last(message.room_id);
                if message.seq == last + 1 {
                    self.merge(vec![message]);
                } else if message.seq > last {
                    self.catch_up(message.room_id).await?;
                }
                Ok(())
            }
            Some("memberAdded") if event["userId"] == self.user.id => {
                self.catch_up(event["roomId"].as_i64().expect("a room id")).await
            }
            _ => Ok(()),
        }
    }

    async fn catch_up(&mut self, room: i64) -> Result<(), Cut> {
        loop {
            let path = format!("/messages/{room}?after={}", self.last(room));
            self.does(&format!("asks {path}"));
            let answer = self.user.get(&path).try_send().await.map_err(|_| Cut)?;
            match answer.status {
                200 => {}
                401 => {
                    self.renew().await?;
                    continue;
                }
                // Removed meanwhile.
                404 => return Ok(()),
                503 => return Err(Cut),
                status => panic!("{path}: {status} {}", answer.text()),
            }
            let page = answer.json();
            self.merge(page.as_array().expect("a list").iter().map(Message::of).collect());
            if answer.header("x-has-more") != "true" {
                return Ok(());
            }
        }
    }

    fn does(&self, what: &str) {
        *self.doing.lock().expect("nobody panicked") = (what.into(), Instant::now());
    }

    async fn renew(&mut self) -> Result<(), Cut> {
        self.user.try_renew().await.ok_or(Cut)
    }

    fn last(&self, room: i64) -> i64 {
        self.publish.borrow().get(&room).and_then(|log| log.last()).map_or(0, |message| message.seq)
    }

    fn merge(&self, news: Vec<Message>) {
        self.publish.send_modify(|logs| {
            for message in news {
                let log = logs.entry(message.room_id).or_default();
                if log.last().is_none_or(|last| message.seq > last.seq) {
                    log.push(message);
                }
            }
        });
    }
}

/// Rule 2: on one connection each room's messages come in order, each at most once.
fn assert_in_order(heard: &mut BTreeMap<i64, i64>, event: &Value) {
    if event["type"] == "message" {
        let message = Message::of(&event["message"]);
        let before = heard.insert(message.room_id, message.seq);
        assert!(
            before.is_none_or(|before| before < message.seq),
            "out of order: {message:?} after {before:?}"
        );
    }
}
