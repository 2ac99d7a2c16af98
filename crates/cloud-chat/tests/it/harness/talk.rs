//! People who talk all the time, by socket and by POST, as the contract's client does: what was not answered is sent
//! again under the same id until it is. And the books on what they were told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinSet};

use super::{Aftermath, Answer, Message, PATIENCE, Socket, User, socket::send_message, within};

/// Between two tries, and between two messages: people, not a load test.
const PAUSE: Duration = Duration::from_millis(20);
/// Every so often something that was answered is sent again.
const REPEATED_EVERY: usize = 7;

/// What may happen to theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sockets {
    MayClose,
    Stay,
}

pub struct Talk {
    talkers: JoinSet<()>,
    book: Arc<Book>,
    progress: watch::Receiver<usize>,
    over: watch::Sender<bool>,
}

struct Book {
    /// `clientMessageId` -> (room, seq, message id).
    acked: Mutex<BTreeMap<String, (i64, i64, i64)>>,
    count: watch::Sender<usize>,
    over: watch::Receiver<bool>,
}

impl Talk {
    /// Each of `people` talks in all `rooms`, in sessions of their own. `name` keeps the ids of talks apart.
    pub async fn start(name: &str, people: &[&User], rooms: &[i64], sockets: Sockets) -> Self {
        let (over, is_over) = watch::channel(false);
        let (count, progress) = watch::channel(0);
        let book = Arc::new(Book { acked: Mutex::default(), count, over: is_over });
        let mut talkers = JoinSet::new();
        for person in people {
            let talker = async |way: &str| Talker {
                user: person.log_in().await,
                rooms: rooms.to_vec(),
                prefix: format!("{name}-{}-{way}", person.username),
                book: book.clone(),
            };
            talkers.spawn(talker("post").await.by_post());
            talkers.spawn(talker("socket").await.by_socket(sockets));
        }
        Self { talkers, book, progress, over }
    }

    /// Waits until so many more messages are acknowledged.
    pub async fn goes_on(&mut self, count: usize) {
        let wanted = *self.progress.borrow() + count;
        let waited =
            within(PATIENCE * 2, "the talk goes on", self.progress.wait_for(|acked| *acked >= wanted));
        if waited.await.is_err() {
            // Somebody failed: their words are better than ours.
            while let Some(ended) = self.talkers.join_next().await {
                ended.expect("a talker goes on");
            }
        }
    }

    /// What is acknowledged by now.
    pub fn so_far(&self) -> Aftermath {
        let acked = self.book.acked.lock().expect("no talker panicked").clone();
        Aftermath { acked, open: Vec::new() }
    }

    /// Everybody finishes what they were saying.
    pub async fn end(mut self) -> Aftermath {
        self.over.send_replace(true);
        within(PATIENCE * 2, "everybody finishes", async {
            while let Some(ended) = self.talkers.join_next().await {
                ended.expect("a talker finishes");
            }
        })
        .await;
        let book = Arc::into_inner(self.book).expect("the talkers have ended");
        Aftermath { acked: book.acked.into_inner().expect("no talker panicked"), open: Vec::new() }
    }
}

struct Talker {
    user: User,
    rooms: Vec<i64>,
    prefix: String,
    book: Arc<Book>,
}

/// Not stored, as far as one knows.
struct NotNow;

impl Talker {
    async fn by_post(mut self) {
        let mut nth = 0;
        while !self.is_over() {
            let (room, id) = self.words(nth);
            while self.post(room, &id).await.is_err() {
                tokio::time::sleep(PAUSE).await;
            }
            nth += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn by_socket(mut self, sockets: Sockets) {
        let mut nth = 0;
        while !self.is_over() {
            let query = format!("?token={}", self.user.token);
            let connected = match Socket::dial(&self.user.api, &query).await {
                Ok(socket) => socket.greeting().await.map_err(|closed| closed.code),
                Err(_) => Err(1006),
            };
            match connected {
                Ok(mut socket) => {
                    while !self.is_over() && self.say(&mut socket, nth).await.is_ok() {
                        nth += 1;
                        tokio::time::sleep(PAUSE).await;
                    }
                    let closed = socket.closed().map(|closed| closed.code);
                    assert!(
                        closed.is_none() || sockets == Sockets::MayClose,
                        "a socket was closed: {closed:?}"
                    );
                    let is_expected = closed.is_none_or(|code| [1006, 1012, 1013, 1008].contains(&code));
                    assert!(is_expected, "{closed:?}");
                }
                Err(1008) => drop(self.user.try_renew().await),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// On one connection until it is acknowledged.
    async fn say(&mut self, socket: &mut Socket, nth: usize) -> Result<(), NotNow> {
        let (room, id) = self.words(nth);
        loop {
            let frame = send_message(room, &id, &id).to_string();
            socket.try_say(frame.into()).await.map_err(|_| NotNow)?;
            let is_answer = |event: &Value| {
                event["clientMessageId"] == id.as_str() && ["ack", "error"].contains(&kind(event))
            };
            let answer = loop {
                let event =
                    within(PATIENCE, "an answer to what was said", socket.next()).await.ok_or(NotNow)?;
                if is_answer(&event) {
                    break event;
                }
            };
            if kind(&answer) == "ack" {
                let number = |name: &str| answer[name].as_i64().expect("a number");
                self.book.note(&id, (number("roomId"), number("seq"), number("id")));
                return Ok(());
            }
            assert_eq!(answer["code"], "UNAVAILABLE", "{answer}");
            assert!(answer["retryAfterMs"].is_u64(), "{answer}");
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn post(&mut self, room: i64, id: &str) -> Result<(), NotNow> {
        let body = json!({"content": id, "clientMessageId": id});
        let answer = match self.user.post(&format!("/messages/{room}"), &body).try_send().await {
            Ok(answer) => answer,
            Err(error) => {
                assert!(!error.is_timeout(), "no answer in time: {error}");
                return Err(NotNow);
            }
        };
        match answer.status {
            200 | 201 => {
                let message = Message::of(&answer.json());
                self.book.note(id, (message.room_id, message.seq, message.id));
                Ok(())
            }
            401 => {
                self.user.try_renew().await.ok_or(NotNow)?;
                Err(NotNow)
            }
            _ => Err(unavailable(&answer)),
        }
    }

    /// Now and then the same as before.
    fn words(&self, nth: usize) -> (i64, String) {
        let nth = if nth % REPEATED_EVERY == REPEATED_EVERY - 1 { nth - 1 } else { nth };
        (self.rooms[nth % self.rooms.len()], format!("{}-{nth}", self.prefix))
    }

    fn is_over(&self) -> bool {
        *self.book.over.borrow()
    }
}

fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap_or_default()
}

/// 503 with `Retry-After`, and nothing else.
fn unavailable(answer: &Answer) -> NotNow {
    answer.problem(503, "UNAVAILABLE");
    NotNow
}

impl Book {
    fn note(&self, id: &str, place: (i64, i64, i64)) {
        let before = self.acked.lock().expect("no talker panicked").insert(id.into(), place);
        assert!(before.is_none_or(|before| before == place), "{id} was at {before:?} and is at {place:?}");
        self.count.send_modify(|count| *count += 1);
    }
}
