//! Somebody who is added to a room and removed from it again and again, and listens on two connections: what rule 6 of
//! the delivery guarantee is about.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinSet};

use super::{PATIENCE, Socket, User, within};

const PAUSE: Duration = Duration::from_millis(20);
const READ_EVERY: Duration = Duration::from_millis(100);
/// How long they are in, and out.
const STAY: Duration = Duration::from_millis(400);
const CONNECTIONS: usize = 2;

pub struct Guest {
    tasks: JoinSet<()>,
    over: watch::Sender<bool>,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    /// While removed: the last `seq` that they may be given.
    last_seq: Mutex<Option<i64>>,
    removals: AtomicUsize,
    heard: AtomicUsize,
}

impl Seen {
    /// What they are given, in whatever way.
    fn note(&self, message: &Value) {
        let seq = message["seq"].as_i64().expect("a seq");
        let last_seq = *self.last_seq.lock().expect("no listener panicked");
        assert!(last_seq.is_none_or(|last| seq <= last), "given {seq} after a removal at {last_seq:?}");
    }
}

impl Guest {
    pub async fn start(owner: &User, guest: &User, room: i64) -> Self {
        let (over, is_over) = watch::channel(false);
        let seen = Arc::new(Seen::default());
        let mut tasks = JoinSet::new();
        for _ in 0..CONNECTIONS {
            tasks.spawn(listen(guest.log_in().await, room, seen.clone()));
        }
        tasks.spawn(read_pages(guest.log_in().await, room, seen.clone()));
        tasks.spawn(come_and_go(owner.log_in().await, guest.clone(), room, seen.clone(), is_over));
        Self { tasks, over, seen }
    }

    /// How often they were removed, and how many messages they were given.
    pub async fn end(mut self) -> (usize, usize) {
        self.over.send_replace(true);
        let ended = within(PATIENCE * 2, "the last removal is answered", self.tasks.join_next()).await;
        ended.expect("there are tasks").expect("nothing was given after a removal");
        (self.seen.removals.load(Ordering::Relaxed), self.seen.heard.load(Ordering::Relaxed))
    }
}

/// The one task that ends.
async fn come_and_go(
    mut owner: User,
    guest: User,
    room: i64,
    seen: Arc<Seen>,
    mut over: watch::Receiver<bool>,
) {
    while !*over.borrow() {
        *seen.last_seq.lock().expect("no listener panicked") = None;
        let body = json!({"username": guest.username});
        while ask(&mut owner, |owner| owner.post(&format!("/rooms/{room}/add-member"), &body)).await.is_none()
        {
            tokio::time::sleep(PAUSE).await;
        }
        stay(&mut over).await;
        let path = format!("/rooms/{room}/members/{}", guest.id);
        let removed = loop {
            if let Some(answer) = ask(&mut owner, |owner| owner.delete(&path)).await {
                break answer;
            }
            tokio::time::sleep(PAUSE).await;
        };
        let last_seq = removed["lastSeq"].as_i64().expect("lastSeq");
        *seen.last_seq.lock().expect("no listener panicked") = Some(last_seq);
        seen.removals.fetch_add(1, Ordering::Relaxed);
        stay(&mut over).await;
    }
}

async fn stay(over: &mut watch::Receiver<bool>) {
    drop(tokio::time::timeout(STAY, over.wait_for(|over| *over)).await);
}

/// `None`: not now.
async fn ask(user: &mut User, call: impl Fn(&User) -> super::Call) -> Option<Value> {
    let answer = call(user).try_send().await.ok()?;
    match answer.status {
        200 => Some(answer.json()),
        401 => {
            user.try_renew().await;
            None
        }
        _ => {
            answer.problem(503, "UNAVAILABLE");
            None
        }
    }
}

/// For ever: their connections may close, and they come back.
async fn listen(mut guest: User, room: i64, seen: Arc<Seen>) {
    loop {
        let query = format!("?token={}", guest.token);
        let connected = match Socket::dial(&guest.api, &query).await {
            Ok(socket) => socket.greeting().await.map_err(|closed| closed.code),
            Err(_) => Err(1006),
        };
        match connected {
            Ok(mut socket) => {
                while let Some(event) = socket.next_alive().await {
                    if event["type"] == "message" && event["roomId"] == room {
                        seen.note(&event["message"]);
                        seen.heard.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
            Err(1008) => drop(guest.try_renew().await),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// For ever: they ask for the newest messages whether they are in or not.
async fn read_pages(mut guest: User, room: i64, seen: Arc<Seen>) {
    let mut rhythm = tokio::time::interval(READ_EVERY);
    loop {
        rhythm.tick().await;
        let Ok(answer) = guest.get(&format!("/messages/{room}?limit=1")).try_send().await else { continue };
        match answer.status {
            200 => answer.json().as_array().expect("a list").iter().for_each(|message| seen.note(message)),
            401 => drop(guest.try_renew().await),
            404 => drop(answer.problem(404, "NOT_FOUND")),
            _ => drop(answer.problem(503, "UNAVAILABLE")),
        }
    }
}
