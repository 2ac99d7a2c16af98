//! Who talks and who listens meanwhile, and what they are held against.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::harness::{App, Guest, MergingClient, Message, PATIENCE, Sockets, Talk, User, count, within};

/// So many that every node for sockets has some.
const FOLLOWERS_EACH: usize = 2;
/// Between two tries to read.
const PAUSE: Duration = Duration::from_millis(50);

pub struct World {
    reader: User,
    rooms: Vec<i64>,
    followers: Vec<MergingClient>,
    /// Whether those who read slowly pause.
    pauses: watch::Sender<bool>,
    talk: Talk,
    guest: Guest,
}

/// What there was in the end.
pub struct Sum {
    pub tries: usize,
    pub acked: usize,
    pub delivered: usize,
    pub removals: usize,
}

impl World {
    pub async fn start(app: &App, sockets: Sockets) -> Self {
        let (alice, bob) = (app.user("alice").await, app.user("bob").await);
        let (carol, dave) = (app.user("carol").await, app.user("dave").await);
        let rooms = vec![
            alice.create_room_with("plans", &[&bob, &carol]).await,
            bob.create_room_with("books", &[&alice, &carol]).await,
            alice.general().await,
        ];
        let pauses = watch::Sender::new(false);
        let mut followers = Vec::new();
        for person in [&alice, &bob, &carol] {
            // Whoever general is new to joins before the first message.
            person.general().await;
            for _ in 0..FOLLOWERS_EACH {
                followers.push(MergingClient::start(app, &person.log_in().await));
            }
            followers.push(MergingClient::start_pausing(app, &person.log_in().await, pauses.subscribe()));
        }
        let talk = Talk::start("talk", &[&alice, &bob, &carol], &rooms, sockets).await;
        let guest = Guest::start(&alice, &dave, rooms[0]).await;
        Self { reader: alice.log_in().await, rooms, followers, pauses, talk, guest }
    }

    /// So many more messages are acknowledged.
    pub async fn goes_on(&mut self, count: usize) {
        self.talk.goes_on(count).await;
    }

    /// Those who read slowly do not read at all until the pause is dropped.
    pub fn pause_readers(&self) -> Pause<'_> {
        self.pauses.send_replace(true);
        Pause(&self.pauses)
    }

    /// Everybody falls silent and has everything that was acknowledged, without waiting for anything that comes later;
    /// then they talk on. How long it took.
    pub async fn completes(&mut self, deadline: Duration) -> Duration {
        let begun = Instant::now();
        let hush = self.talk.hush(deadline).await;
        for (room, last) in self.talk.last_seqs() {
            for follower in &mut self.followers {
                follower.reach(room, last, deadline.saturating_sub(begun.elapsed())).await;
            }
        }
        drop(hush);
        begun.elapsed()
    }

    pub async fn end(self, app: &mut App) -> Sum {
        self.end_within(PATIENCE, app).await
    }

    /// Everybody has everything within `deadline`: what was acknowledged and nothing else, once, in one order.
    pub async fn end_within(mut self, deadline: Duration, app: &mut App) -> Sum {
        app.assert_healthy().await;
        let (removals, given) = self.guest.end().await;
        let tries = self.talk.tries();
        let talk = self.talk.end().await;
        let everybody = async {
            for room in &self.rooms {
                let log = whole_log(&mut self.reader, *room).await;
                talk.assert_kept(*room, &log);
                let acked = talk.acked.values().filter(|place| place.0 == *room).count();
                assert_eq!(log.len(), acked, "everything in room {room} was acknowledged to its sender");
                for follower in &mut self.followers {
                    assert_same(*room, &follower.log_until(*room, count(&log)).await, &log);
                }
            }
        };
        within(deadline, "everybody has everything", everybody).await;
        assert!(removals > 0 && given > 0, "rule 6 was tried");
        let log = app.log();
        assert!(!log.contains("\"ERROR\"") && !log.contains("panicked"), "{log}");
        let delivered = self.followers.iter().map(MergingClient::count).sum();
        Sum { tries, acked: talk.acked(), delivered, removals }
    }
}

fn assert_same(room: i64, has: &[Message], log: &[Message]) {
    let places = 0..has.len().max(log.len());
    let differing = places.into_iter().find(|place| has.get(*place) != log.get(*place));
    if let Some(place) = differing {
        let (has, log) = (has.get(place), log.get(place));
        panic!("out of order in room {room}: a client has {has:?} where the log has {log:?}");
    }
}

/// Read to its end, however often that fails: what was done to connections shows when they are used again.
async fn whole_log(reader: &mut User, room: i64) -> Vec<Message> {
    let mut log: Vec<Message> = Vec::new();
    loop {
        let seq = log.last().map_or(0, |message| message.seq);
        let asked = reader.get(&format!("/messages/{room}?after={seq}&limit=200")).try_send().await;
        match asked {
            Ok(answer) if answer.status == 200 => {
                let page = answer.json();
                log.extend(page.as_array().expect("a list").iter().map(Message::of));
                if answer.header("x-has-more") == "false" {
                    return log;
                }
            }
            Ok(answer) if answer.status == 401 => drop(reader.try_renew().await),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}

pub struct Pause<'a>(&'a watch::Sender<bool>);

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        self.0.send_replace(false);
    }
}
