//! Who talks and who listens meanwhile, and what they are held against at the end.

use std::time::Duration;

use crate::harness::{App, Guest, MergingClient, PATIENCE, Sockets, Talk, User, count, within};

/// So many that every node for sockets has some.
const FOLLOWERS_EACH: usize = 2;

pub struct World {
    reader: User,
    rooms: Vec<i64>,
    followers: Vec<MergingClient>,
    talk: Talk,
    guest: Guest,
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
        let mut followers = Vec::new();
        for person in [&alice, &bob, &carol] {
            // Whoever general is new to joins before the first message.
            person.general().await;
            for _ in 0..FOLLOWERS_EACH {
                followers.push(MergingClient::start(app, &person.log_in().await));
            }
        }
        let talk = Talk::start("talk", &[&alice, &bob, &carol], &rooms, sockets).await;
        let guest = Guest::start(&alice, &dave, rooms[0]).await;
        Self { reader: alice.log_in().await, rooms, followers, talk, guest }
    }

    /// So many more messages are acknowledged.
    pub async fn goes_on(&mut self, count: usize) {
        self.talk.goes_on(count).await;
    }

    pub async fn end(self, app: &mut App) {
        self.end_within(PATIENCE, app).await;
    }

    /// Everybody has everything within `deadline`: what was acknowledged and nothing else, once, in one order.
    pub async fn end_within(mut self, deadline: Duration, app: &mut App) {
        app.assert_healthy().await;
        let (removals, given) = self.guest.end().await;
        let talk = self.talk.end().await;
        let everybody = async {
            self.reader.try_renew().await.expect("auth answers");
            for room in &self.rooms {
                let log = talk.kept_in(*room, &self.reader).await;
                let acked = talk.acked.values().filter(|place| place.0 == *room).count();
                assert_eq!(log.len(), acked, "everything in room {room} was acknowledged to its sender");
                for follower in &mut self.followers {
                    assert_eq!(follower.log_until(*room, count(&log)).await, log);
                }
            }
        };
        within(deadline, "everybody has everything", everybody).await;
        eprintln!("{} acknowledged; {removals} removals, {given} messages to the guest", talk.acked());
        assert!(removals > 0 && given > 0, "rule 6 was tried");
        let log = app.log();
        assert!(!log.contains("\"ERROR\"") && !log.contains("panicked"), "{log}");
    }
}
