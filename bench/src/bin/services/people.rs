//! Somebody with an account.

use futures::{SinkExt, StreamExt};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use super::{Installation, Outcome, role::Role};

const PASSWORD: &str = "measure twice, cut once";

#[derive(Clone)]
pub struct Person {
    http: Client,
    auth: String,
    chat: String,
    username: String,
    token: String,
}

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Person {
    pub async fn sign_up(installation: &Installation, username: &str) -> Outcome<Self> {
        let mut person = Self {
            http: Client::new(),
            auth: installation.auth.address(),
            chat: installation.chat.address(),
            username: username.into(),
            token: String::new(),
        };
        let email = format!("{username}@bench.example");
        let body = json!({"username": username, "email": email, "password": PASSWORD});
        let session = person.call(&Method::POST, &person.auth, "/auth/signup", Some(&body)).await?;
        session["token"].as_str().ok_or("no token")?.clone_into(&mut person.token);
        Ok(person)
    }

    pub async fn log_in(&self) -> Outcome<()> {
        let body = json!({"email": self.username, "password": PASSWORD});
        self.call(&Method::POST, &self.auth, "/auth/login", Some(&body)).await.map(drop)
    }

    pub async fn look_up(&self, path: &str) -> Outcome<()> {
        self.call(&Method::GET, &self.auth, path, None).await.map(drop)
    }

    pub async fn read(&self, path: &str) -> Outcome<Value> {
        self.call(&Method::GET, &self.chat, path, None).await
    }

    pub async fn post(&self, room: i64, content: &str) -> Outcome<()> {
        let body = json!({"content": content});
        self.call(&Method::POST, &self.chat, &format!("/messages/{room}"), Some(&body)).await.map(drop)
    }

    pub async fn general(&self) -> Outcome<i64> {
        Ok(self.read("/rooms/general").await?["id"].as_i64().ok_or("no general room")?)
    }

    /// A connection to this node that has heard `connected`.
    pub async fn connect(&self, node: &Role) -> Outcome<Socket> {
        let address = format!("{}/?token={}", node.address().replacen("http", "ws", 1), self.token);
        let (stream, _) = tokio_tungstenite::connect_async(address).await?;
        let mut socket = Socket(stream);
        socket.wait_for("system").await?;
        Ok(socket)
    }

    async fn call(&self, method: &Method, base: &str, path: &str, body: Option<&Value>) -> Outcome<Value> {
        let mut call = self.http.request(method.clone(), format!("{base}{path}")).bearer_auth(&self.token);
        if let Some(body) = body {
            call = call.json(body);
        }
        Ok(call.send().await?.error_for_status()?.json().await?)
    }
}

impl Socket {
    pub async fn send_message(&mut self, room: i64, content: &str) -> Outcome<()> {
        let frame = json!({"action": "sendMessage", "roomId": room, "content": content});
        Ok(self.0.send(Message::text(frame.to_string())).await?)
    }

    /// The next event of a type; others are passed over.
    pub async fn wait_for(&mut self, kind: &str) -> Outcome<Value> {
        while let Some(frame) = self.0.next().await {
            if let Message::Text(text) = frame? {
                let event: Value = serde_json::from_str(&text)?;
                if event["type"] == kind {
                    return Ok(event);
                }
            }
        }
        Err("the connection ended".into())
    }
}
