//! Many senders at once, by socket and by POST, until the server goes away; and the books on what they were told.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use serde_json::json;
use tokio::{sync::watch, task::JoinSet};

use super::{Message, PATIENCE, Socket, User, socket::send_message, within};

/// How many frames a socket sends before it waits for their acks.
const WINDOW: usize = 5;

/// Something that somebody asked to send.
#[derive(Clone)]
pub struct Sent {
    pub user: User,
    pub room: i64,
    pub client_message_id: String,
}

#[derive(Default)]
struct Ledger {
    /// `clientMessageId` -> (room, seq, message id).
    acked: BTreeMap<String, (i64, i64, i64)>,
    /// Sent, and never answered.
    open: Vec<Sent>,
}

pub struct Storm {
    senders: JoinSet<()>,
    book: Arc<Book>,
    progress: watch::Receiver<usize>,
}

struct Book {
    ledger: Mutex<Ledger>,
    acked: watch::Sender<usize>,
}

impl Storm {
    /// Each of `senders` sends to each of `rooms` by socket and by POST. `name` keeps the ids of storms apart.
    pub fn start(name: &str, senders: &[&User], rooms: &[i64]) -> Self {
        let (acked, progress) = watch::channel(0);
        let book = Arc::new(Book { ledger: Mutex::default(), acked });
        let mut tasks = JoinSet::new();
        for user in senders {
            for room in rooms {
                let prefix = format!("{name}-{}-{room}", user.username);
                tasks.spawn(by_socket((*user).clone(), *room, format!("{prefix}-socket"), book.clone()));
                tasks.spawn(by_post((*user).clone(), *room, format!("{prefix}-post"), book.clone()));
            }
        }
        Self { senders: tasks, book, progress }
    }

    pub async fn until_acked(&mut self, count: usize) {
        let waited = self.progress.wait_for(|acked| *acked >= count);
        within(PATIENCE, "the storm rages", waited).await.expect("the senders live");
    }

    /// Waits until every sender noticed that the server is gone.
    pub async fn end(self) -> Aftermath {
        within(PATIENCE, "the senders notice", self.senders.join_all()).await;
        let book = Arc::into_inner(self.book).expect("the senders have ended");
        let Ledger { acked, open } = book.ledger.into_inner().expect("no sender panicked");
        Aftermath { acked, open }
    }
}

async fn by_socket(user: User, room: i64, prefix: String, book: Arc<Book>) {
    let mut socket = user.connect_to(room).await;
    for round in 0.. {
        let mut open: BTreeSet<String> = (0..WINDOW).map(|n| format!("{prefix}-{round}-{n}")).collect();
        let mut is_up = true;
        for id in &open {
            is_up = is_up && socket.try_say(send_message(room, id, id).to_string().into()).await.is_ok();
        }
        while is_up && !open.is_empty() {
            let Some(event) = socket.next().await else { break };
            match event["type"].as_str() {
                Some("ack") => {
                    let id = event["clientMessageId"].as_str().expect("an id").to_owned();
                    let number = |name: &str| event[name].as_i64().expect("a number");
                    assert!(open.remove(&id), "acked twice: {event}");
                    book.acked(id, (room, number("seq"), number("id")));
                }
                // Nothing was done: to be tried again, like what was not answered at all.
                Some("error") => assert_eq!(event["code"], "UNAVAILABLE", "{event}"),
                _ => {}
            }
        }
        if !open.is_empty() {
            assert_gone(&mut socket).await;
            book.left_open(open.into_iter().map(|id| Sent {
                user: user.clone(),
                room,
                client_message_id: id,
            }));
            return;
        }
    }
}

/// A sender gives up when the connection does, not before.
async fn assert_gone(socket: &mut Socket) {
    let closed = socket.expect_close().await;
    assert!([1006, 1012].contains(&closed.code), "{closed:?}");
}

async fn by_post(user: User, room: i64, prefix: String, book: Arc<Book>) {
    for n in 0.. {
        let id = format!("{prefix}-{n}");
        let body = json!({"content": id, "clientMessageId": id});
        match user.post(&format!("/messages/{room}"), &body).try_send().await {
            Ok(answer) if answer.status == 201 => {
                let message = Message::of(&answer.json());
                book.acked(id, (room, message.seq, message.id));
            }
            Ok(answer) if answer.status != 503 => panic!("{}", answer.text()),
            _ => return book.left_open([Sent { user, room, client_message_id: id }].into_iter()),
        }
    }
}

impl Book {
    fn acked(&self, id: String, place: (i64, i64, i64)) {
        let before = self.ledger.lock().expect("no sender panicked").acked.insert(id, place);
        assert!(before.is_none());
        self.acked.send_modify(|acked| *acked += 1);
    }

    fn left_open(&self, open: impl Iterator<Item = Sent>) {
        self.ledger.lock().expect("no sender panicked").open.extend(open);
    }
}

/// What the senders know once the server is gone.
pub struct Aftermath {
    /// `clientMessageId` -> (room, seq, message id).
    pub acked: BTreeMap<String, (i64, i64, i64)>,
    pub open: Vec<Sent>,
}

impl Aftermath {
    pub fn acked(&self) -> usize {
        self.acked.len()
    }

    /// The log of a room, read to its end and held against what was said of it.
    pub async fn kept_in(&self, room: i64, reader: &User) -> Vec<Message> {
        let log = reader.history(room).await;
        self.assert_kept(room, &log);
        log
    }

    /// Every acknowledged message is in the log once, where it was said to be, and the log has no gap.
    pub fn assert_kept(&self, room: i64, log: &[Message]) {
        let seqs: Vec<_> = log.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, (1..).take(log.len()).collect::<Vec<_>>(), "room {room} has a gap");
        let mut places = BTreeMap::new();
        for message in log {
            let before = places.insert(&message.client_message_id, (room, message.seq, message.id));
            assert!(before.is_none(), "{} is there twice", message.client_message_id);
        }
        for (id, place) in self.acked.iter().filter(|(_, place)| place.0 == room) {
            assert_eq!(places.get(id), Some(place), "{id} was acknowledged");
        }
    }

    /// Sends again what was never answered: each is there once afterwards.
    pub async fn retry(&self) {
        for sent in &self.open {
            let answer = sent.user.send_as(sent.room, &sent.client_message_id, &sent.client_message_id).await;
            assert!([200, 201].contains(&answer.status), "{}", answer.text());
        }
    }
}
