//! People who talk all the time, by socket and by POST, as the contract's client does: what was not answered is sent
//! again under the same id until it is. And the books on what they were told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::{
    sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, watch},
    task::JoinSet,
};
use tokio_tungstenite::tungstenite;

use super::{Aftermath, Answer, Message, PATIENCE, Socket, User, count, socket::send_message, within};

/// Between two tries, and between two messages: people, not a load test.
const PAUSE: Duration = Duration::from_millis(20);
/// Every so often something that was answered is sent again.
const REPEATED_EVERY: usize = 7;
/// Every so often something is sent twice at once, to two nodes where there are.
const TWICE_EVERY: usize = 5;
/// After this a connection that answers nothing is taken for one that is no more.
const ANSWERED: Duration = Duration::from_secs(10);

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
    /// How often anything was asked to be sent.
    tries: AtomicUsize,
    over: watch::Receiver<bool>,
    /// Whoever has something to say holds it until that is answered.
    floor: Arc<RwLock<()>>,
}

impl Talk {
    /// Each of `people` talks in all `rooms`, in sessions of their own. `name` keeps the ids of talks apart.
    pub async fn start(name: &str, people: &[&User], rooms: &[i64], sockets: Sockets) -> Self {
        let (over, is_over) = watch::channel(false);
        let (count, progress) = watch::channel(0);
        let book = Arc::new(Book {
            acked: Mutex::default(),
            count,
            tries: AtomicUsize::new(0),
            over: is_over,
            floor: Arc::default(),
        });
        let mut talkers = JoinSet::new();
        for person in people {
            let talker = async |way: &str| Talker {
                user: person.log_in().await,
                rooms: rooms.to_vec(),
                prefix: format!("{name}-{}-{way}", person.username),
                book: book.clone(),
                sockets,
            };
            talkers.spawn(talker("post").await.by_post());
            talkers.spawn(talker("socket").await.by_socket());
        }
        Self { talkers, book, progress, over }
    }

    /// Waits until so many more messages are acknowledged.
    pub async fn goes_on(&mut self, count: usize) {
        let wanted = *self.progress.borrow() + count;
        let (progress, talkers) = (&mut self.progress, &mut self.talkers);
        within(PATIENCE * 2, "the talk goes on", async {
            tokio::select! {
                waited = progress.wait_for(|acked| *acked >= wanted) => drop(waited.expect("the book is ours")),
                // Somebody failed: their words are better than ours.
                Some(ended) = talkers.join_next() => ended.expect("a talker goes on"),
            }
        })
        .await;
    }

    /// Waits until whatever was said is answered; nobody says more while what is returned is held.
    pub async fn hush(&mut self, deadline: Duration) -> OwnedRwLockWriteGuard<()> {
        let hush =
            within(deadline, "everything said is answered", self.book.floor.clone().write_owned()).await;
        while let Some(ended) = self.talkers.try_join_next() {
            ended.expect("a talker goes on");
        }
        hush
    }

    /// The last `seq` of each room in which something was said: in a hush the acknowledged ones have no gap.
    pub fn last_seqs(&self) -> BTreeMap<i64, i64> {
        let mut seqs: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
        for (room, seq, _) in self.book.acked.lock().expect("no talker panicked").values() {
            seqs.entry(*room).or_default().insert(*seq);
        }
        let lasts = seqs.into_iter().map(|(room, seqs)| {
            let seqs: Vec<i64> = seqs.into_iter().collect();
            let missing = (1..).zip(&seqs).find(|(expected, seq)| expected != *seq);
            assert_eq!(missing, None, "room {room}: what is there was not acknowledged to anybody");
            (room, count(&seqs))
        });
        lasts.collect()
    }

    pub fn tries(&self) -> usize {
        self.book.tries.load(Ordering::Relaxed)
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
    sockets: Sockets,
}

/// Not stored, as far as one knows.
struct NotNow;

impl Talker {
    async fn by_post(mut self) {
        let mut nth = 0;
        while let Some(floor) = self.takes_the_floor().await {
            let (room, id) = self.words(nth);
            let times = if nth % TWICE_EVERY == 0 { 2 } else { 1 };
            while self.post(room, &id, times).await.is_err() {
                tokio::time::sleep(PAUSE).await;
            }
            drop(floor);
            nth += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn by_socket(mut self) {
        let mut nth = 0;
        let mut socket = None;
        while let Some(floor) = self.takes_the_floor().await {
            loop {
                let connected = match socket.take() {
                    Some(socket) => Ok(socket),
                    None => self.connect().await,
                };
                if let Ok(mut connected) = connected {
                    let said = self.say(&mut connected, nth).await;
                    if said.is_ok() {
                        socket = Some(connected);
                        break;
                    }
                    let closed = connected.closed().map(|closed| closed.code);
                    assert!(self.sockets == Sockets::MayClose, "a socket was closed: {closed:?}");
                    let is_expected =
                        closed.is_none_or(|code| [1000, 1001, 1006, 1008, 1012, 1013].contains(&code));
                    assert!(is_expected, "{closed:?}");
                }
                tokio::time::sleep(PAUSE).await;
            }
            drop(floor);
            nth += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// `None` once the talk is over.
    async fn takes_the_floor(&self) -> Option<OwnedRwLockReadGuard<()>> {
        let floor = self.book.floor.clone().read_owned().await;
        (!*self.book.over.borrow()).then_some(floor)
    }

    async fn connect(&mut self) -> Result<Socket, NotNow> {
        let query = format!("?token={}", self.user.token);
        let refused = match Socket::dial(&self.user.api, &query).await {
            Ok(socket) => match socket.greeting().await {
                Ok(socket) => return Ok(socket),
                Err(closed) => closed.code == 1008,
            },
            Err(tungstenite::Error::Http(response)) => response.status() == 401,
            Err(_) => false,
        };
        if refused {
            self.user.try_renew().await;
        }
        Err(NotNow)
    }

    /// On one connection until it is acknowledged.
    async fn say(&mut self, socket: &mut Socket, nth: usize) -> Result<(), NotNow> {
        let (room, id) = self.words(nth);
        loop {
            let frame = send_message(room, &id, &id).to_string();
            self.book.tries.fetch_add(1, Ordering::Relaxed);
            socket.try_say(frame.into()).await.map_err(|_| NotNow)?;
            let is_answer = |event: &Value| {
                event["clientMessageId"] == id.as_str() && ["ack", "error"].contains(&kind(event))
            };
            let answered = async {
                loop {
                    let event = socket.next().await.ok_or(NotNow)?;
                    if is_answer(&event) {
                        return Ok(event);
                    }
                }
            };
            let answer = match self.sockets {
                Sockets::Stay => within(PATIENCE, "an answer to what was said", answered).await?,
                Sockets::MayClose => tokio::time::timeout(ANSWERED, answered).await.map_err(|_| NotNow)??,
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

    /// So many times at once.
    async fn post(&mut self, room: i64, id: &str, times: usize) -> Result<(), NotNow> {
        let body = json!({"content": id, "clientMessageId": id});
        self.book.tries.fetch_add(times, Ordering::Relaxed);
        let asked = (0..times).map(|_| self.user.post(&format!("/messages/{room}"), &body).try_send());
        let (mut is_stored, mut is_refused) = (false, false);
        for answer in join_all(asked).await {
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    // Where connections break, one may break without a word.
                    let is_expected = self.sockets == Sockets::MayClose || !error.is_timeout();
                    assert!(is_expected, "no answer in time: {error}");
                    continue;
                }
            };
            match answer.status {
                200 | 201 => {
                    let message = Message::of(&answer.json());
                    self.book.note(id, (message.room_id, message.seq, message.id));
                    is_stored = true;
                }
                401 => is_refused = true,
                _ => assert_unavailable(&answer),
            }
        }
        if is_refused {
            self.user.try_renew().await;
        }
        if is_stored { Ok(()) } else { Err(NotNow) }
    }

    /// Now and then the same as before.
    fn words(&self, nth: usize) -> (i64, String) {
        let nth = if nth % REPEATED_EVERY == REPEATED_EVERY - 1 { nth - 1 } else { nth };
        (self.rooms[nth % self.rooms.len()], format!("{}-{nth}", self.prefix))
    }
}

fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap_or_default()
}

/// 503 with `Retry-After`, and nothing else.
fn assert_unavailable(answer: &Answer) {
    answer.problem(503, "UNAVAILABLE");
}

impl Book {
    fn note(&self, id: &str, place: (i64, i64, i64)) {
        let before = self.acked.lock().expect("no talker panicked").insert(id.into(), place);
        assert!(before.is_none_or(|before| before == place), "{id} was at {before:?} and is at {place:?}");
        self.count.send_modify(|count| *count += 1);
    }
}
