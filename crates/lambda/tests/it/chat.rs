//! What the function asks of chat, answered as a test sets it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use protocol::{RoomId, Seq, SessionId, Timestamp, seams::RevokedSession};
use serde_json::{Value, json};
use tokio::{sync::Barrier, task::JoinHandle};

#[derive(Default)]
pub struct Answers {
    pub rooms: Vec<i64>,
    pub revoked: Vec<SessionId>,
    pub is_away: bool,
    /// Where the next who ask for somebody's rooms wait, twice, before they are answered; nowhere with `None`.
    pub waits: VecDeque<Option<Arc<Barrier>>>,
}

pub struct Chat {
    pub answers: Arc<Mutex<Answers>>,
    pub port: u16,
    server: JoinHandle<()>,
}

type Shared = State<Arc<Mutex<Answers>>>;

impl Chat {
    pub async fn start() -> Self {
        let answers = Arc::new(Mutex::new(Answers { rooms: vec![1, 2, 3], ..Answers::default() }));
        let router = Router::new()
            .route("/internal/rooms/open", post(open))
            .route("/internal/rooms/of-users", post(rooms_of))
            .route("/internal/sessions/revoked", post(revoked))
            .route("/internal/messages/send", post(send))
            .with_state(answers.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { answers, port, server }
    }

    pub fn set(&self, change: impl FnOnce(&mut Answers)) {
        change(&mut self.answers.lock().unwrap());
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn state(room: i64) -> Value {
    json!({"roomId": RoomId(room), "lastSeq": Seq(room * 10), "membersRev": 1})
}

async fn open(State(answers): Shared, Json(ask): Json<Value>) -> (StatusCode, Json<Value>) {
    let room = ask["roomId"].as_i64().unwrap();
    if answers.lock().unwrap().rooms.contains(&room) {
        return (StatusCode::OK, Json(state(room)));
    }
    let (problem, _) = kit::Error::not_found().to_problem();
    (StatusCode::NOT_FOUND, Json(serde_json::to_value(problem).unwrap()))
}

async fn rooms_of(State(answers): Shared, Json(ask): Json<Value>) -> (StatusCode, Json<Value>) {
    let wait = answers.lock().unwrap().waits.pop_front().flatten();
    if let Some(barrier) = wait {
        barrier.wait().await;
        barrier.wait().await;
    }
    let answers = answers.lock().unwrap();
    if answers.is_away {
        let (problem, _) = kit::Error::unavailable("away").to_problem();
        return (StatusCode::SERVICE_UNAVAILABLE, Json(serde_json::to_value(problem).unwrap()));
    }
    let rooms: Vec<_> = answers.rooms.iter().map(|room| state(*room)).collect();
    let user = &ask["users"][0]["userId"];
    (StatusCode::OK, Json(json!([{"userId": user, "roomsRev": 1, "rooms": rooms}])))
}

async fn revoked(State(answers): Shared) -> Json<Vec<RevokedSession>> {
    let revoked_at = Timestamp::now();
    Json(answers.lock().unwrap().revoked.iter().map(|&sid| RevokedSession { sid, revoked_at }).collect())
}

/// Stores nothing: the first message of each room.
async fn send(Json(ask): Json<Value>) -> Json<Value> {
    let draft = &ask["drafts"][0];
    let user = &draft["sender"];
    Json(json!([{
        "outcome": "sent",
        "duplicate": false,
        "message": {
            "id": 7, "roomId": draft["roomId"], "seq": 1, "userId": user["userId"], "username": user["username"],
            "usernameSnapshot": user["username"], "type": "TEXT", "content": draft["content"], "fileUrl": null,
            "clientMessageId": draft["clientMessageId"], "createdAt": Timestamp::now(),
        },
    }]))
}
