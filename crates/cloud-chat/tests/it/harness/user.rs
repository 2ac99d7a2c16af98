//! Somebody with an account and a session, who acts as the web app would.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Api, Call, Socket, eventually};

/// A message as the contract has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    pub id: i64,
    pub room_id: i64,
    pub seq: i64,
    pub user_id: String,
    pub username: String,
    pub content: String,
    pub client_message_id: String,
}

impl Message {
    pub fn of(value: &Value) -> Self {
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error} in {value}"))
    }
}

#[derive(Clone)]
pub struct User {
    pub api: Api,
    pub id: String,
    pub username: String,
    pub email: String,
    pub password: String,
    pub token: String,
    pub refresh_token: String,
}

impl User {
    pub async fn sign_up(api: &Api, username: &str, email: &str, password: &str) -> Self {
        let body = json!({"username": username, "email": email, "password": password});
        let answer = api.post("/auth/signup", &body).await.is(201);
        Self::of_session(api, &answer.json(), password)
    }

    /// Another session of the same account.
    pub async fn log_in(&self) -> Self {
        let answer = self.try_log_in(&self.password).await.is(200);
        Self::of_session(&self.api, &answer.json(), &self.password)
    }

    pub async fn try_log_in(&self, password: &str) -> Answer {
        self.api.post("/auth/login", &json!({"email": self.email, "password": password})).await
    }

    /// Uses up the refresh token.
    pub async fn refresh(&mut self) {
        let answer = self.try_refresh().await.is(200);
        *self = Self::of_session(&self.api, &answer.json(), &self.password);
    }

    pub async fn try_refresh(&self) -> Answer {
        self.api.post("/auth/refresh", &json!({"refreshToken": self.refresh_token})).await
    }

    /// Another access token; by the password where the answer to a refresh was lost for too long. `None`: not now.
    pub async fn try_renew(&mut self) -> Option<()> {
        let body = json!({"refreshToken": self.refresh_token});
        let mut answer = self.api.post("/auth/refresh", &body).try_send().await.ok()?;
        if answer.status == 401 {
            let body = json!({"email": self.email, "password": self.password});
            answer = self.api.post("/auth/login", &body).try_send().await.ok()?;
        }
        if answer.status == 503 {
            return None;
        }
        *self = Self::of_session(&self.api, &answer.is(200).json(), &self.password);
        Some(())
    }

    /// The session has ended, which each node that answers learns soon.
    pub async fn is_refused(&self, path: &str) {
        let refusal = async || Some(self.get(path).await).filter(|answer| answer.status != 200);
        eventually("a session that ended is refused", refusal).await.problem(401, "SESSION_REVOKED");
    }

    pub async fn log_out(&self) {
        self.api.post("/auth/logout", &json!({"refreshToken": self.refresh_token})).await.is(200);
    }

    pub async fn change_password(&mut self, password: &str) {
        let body = json!({"currentPassword": self.password, "password": password});
        self.patch(&format!("/users/{}", self.id), &body).await.is(200);
        self.password = password.into();
    }

    pub async fn delete_account(&self) {
        let body = json!({"currentPassword": self.password});
        self.delete(&format!("/users/{}", self.id)).json(&body).await.is(200);
    }

    pub fn get(&self, path: &str) -> Call {
        self.api.get(path).bearer(&self.token)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.api.post(path, body).bearer(&self.token)
    }

    pub fn patch(&self, path: &str, body: &Value) -> Call {
        self.api.patch(path, body).bearer(&self.token)
    }

    pub fn delete(&self, path: &str) -> Call {
        self.api.delete(path).bearer(&self.token)
    }

    pub async fn create_room(&self, name: &str) -> i64 {
        let room = self.post("/rooms/create", &json!({"name": name})).await.is(201).json();
        room["id"].as_i64().expect("a room id")
    }

    pub async fn general(&self) -> i64 {
        self.get("/rooms/general").await.is(200).json()["id"].as_i64().expect("a room id")
    }

    pub async fn add(&self, room: i64, other: &Self) {
        let body = json!({"username": other.username});
        self.post(&format!("/rooms/{room}/add-member"), &body).await.is(200);
    }

    /// Creates a room and adds everybody.
    pub async fn create_room_with(&self, name: &str, others: &[&Self]) -> i64 {
        let room = self.create_room(name).await;
        for other in others {
            self.add(room, other).await;
        }
        room
    }

    /// The room's last `seq` that the removed user may see.
    pub async fn remove(&self, room: i64, other: &Self) -> i64 {
        let removed = self.delete(&format!("/rooms/{room}/members/{}", other.id)).await.is(200).json();
        removed["lastSeq"].as_i64().expect("lastSeq")
    }

    pub async fn leave(&self, room: i64) -> i64 {
        self.remove(room, self).await
    }

    pub async fn send(&self, room: i64, content: &str) -> Message {
        let answer = self.post(&format!("/messages/{room}"), &json!({"content": content})).await.is(201);
        Message::of(&answer.json())
    }

    pub async fn send_as(&self, room: i64, client_message_id: &str, content: &str) -> Answer {
        let body = json!({"content": content, "clientMessageId": client_message_id});
        self.post(&format!("/messages/{room}"), &body).await
    }

    pub async fn mark_read(&self, room: i64, seq: i64) {
        self.post(&format!("/rooms/{room}/read"), &json!({"seq": seq})).await.is(200);
    }

    /// One page and whether there is more; `query` such as `?after=3`.
    pub async fn page(&self, room: i64, query: &str) -> (Vec<Message>, bool) {
        let answer = self.get(&format!("/messages/{room}{query}")).await.is(200);
        let messages = answer.json().as_array().expect("a list").iter().map(Message::of).collect();
        let more = match answer.header("x-has-more") {
            "true" => true,
            "false" => false,
            other => panic!("x-has-more: {other:?}"),
        };
        (messages, more)
    }

    /// Everything after `seq`, page by page.
    pub async fn history_after(&self, room: i64, mut seq: i64) -> Vec<Message> {
        let mut all = Vec::new();
        loop {
            let (page, more) = self.page(room, &format!("?after={seq}&limit=200")).await;
            seq = page.last().map_or(seq, |message| message.seq);
            all.extend(page);
            if !more {
                return all;
            }
        }
    }

    pub async fn history(&self, room: i64) -> Vec<Message> {
        self.history_after(room, 0).await
    }

    /// The room as `/rooms/my-rooms` lists it.
    pub async fn my_room(&self, room: i64) -> Option<Value> {
        let rooms = self.get("/rooms/my-rooms").await.is(200).json();
        rooms.as_array().expect("a list").iter().find(|listed| listed["id"] == room).cloned()
    }

    /// A connection that carries every room.
    pub async fn connect(&self) -> Socket {
        Socket::open(&self.api, &format!("?token={}", self.token)).await
    }

    /// A connection that carries one room.
    pub async fn connect_to(&self, room: i64) -> Socket {
        Socket::open(&self.api, &format!("?token={}&roomId={room}", self.token)).await
    }

    fn of_session(api: &Api, session: &Value, password: &str) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{session}")).to_owned();
        Self {
            api: api.clone(),
            id: text(&session["user"]["id"]),
            username: text(&session["user"]["username"]),
            email: text(&session["user"]["email"]),
            password: password.into(),
            token: text(&session["token"]),
            refresh_token: text(&session["refreshToken"]),
        }
    }
}
