//! Asks for everything all the time, and takes success, 503 with `Retry-After`, or a connection that is refused.

use futures::future::join_all;
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

use crate::harness::{App, Call, PATIENCE, User, within};

pub struct Prober {
    rounds: watch::Receiver<usize>,
    over: watch::Sender<bool>,
    asking: JoinHandle<usize>,
}

impl Prober {
    pub async fn start(app: &App) -> Self {
        let (eve, room) = (app.user("eve").await, app.user("mallory").await);
        let room = eve.create_room_with("probed", &[&room]).await;
        let (round, rounds) = watch::channel(0);
        let (over, is_over) = watch::channel(false);
        Self { rounds, over, asking: tokio::spawn(ask(eve, room, round, is_over)) }
    }

    /// From the first to the last, begun after this call.
    pub async fn everything_is_asked(&mut self) {
        let wanted = *self.rounds.borrow() + 2;
        let waited = self.rounds.wait_for(|rounds| *rounds >= wanted);
        within(PATIENCE * 6, "everything is asked", waited).await.expect("no answer was wrong");
    }

    /// How often it was told to come back.
    pub async fn end(self) -> usize {
        self.over.send_replace(true);
        within(PATIENCE * 6, "the last answer", self.asking).await.expect("no answer was wrong")
    }
}

async fn ask(eve: User, room: i64, round: watch::Sender<usize>, over: watch::Receiver<bool>) -> usize {
    let mut refused = 0;
    for nth in 1.. {
        if *over.borrow() {
            break;
        }
        // At once: while the database is away each takes seconds.
        let answers = join_all(calls(&eve, room, nth).into_iter().map(Call::try_send));
        for answer in answers.await {
            match answer {
                Ok(answer) if [200, 201].contains(&answer.status) => {}
                Ok(answer) => {
                    answer.any_problem(503);
                    refused += 1;
                }
                Err(error) => {
                    assert!(!error.is_timeout(), "no answer in time: {error}");
                    refused += 1;
                }
            }
        }
        round.send_replace(nth);
    }
    refused
}

fn calls(eve: &User, room: i64, round: usize) -> Vec<Call> {
    let login = json!({"email": eve.email, "password": eve.password});
    let name = format!("eve{round}");
    let signup = json!({"username": name, "email": format!("{name}@example.org"), "password": eve.password});
    vec![
        eve.get("/users/me"),
        eve.get("/users?limit=5"),
        eve.get("/rooms/my-rooms"),
        eve.get("/rooms/general"),
        eve.get(&format!("/rooms/{room}")),
        eve.get(&format!("/messages/{room}")),
        eve.post(&format!("/rooms/{room}/read"), &json!({"seq": 0})),
        eve.post(&format!("/rooms/{room}/add-member"), &json!({"username": "mallory"})),
        eve.post("/rooms/create", &json!({"name": name})),
        eve.api.post("/auth/login", &login),
        eve.api.post("/auth/signup", &signup),
        eve.api.post("/auth/forgot-password", &json!({"email": "nobody@example.org"})),
    ]
}
