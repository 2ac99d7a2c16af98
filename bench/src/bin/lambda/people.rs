//! Somebody with an account.

use futures::StreamExt;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use testbed::aws::Installation;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use super::Outcome;

const PASSWORD: &str = "measure twice, cut once";

#[derive(Clone)]
pub struct Person {
    http: Client,
    chat: String,
    ws: String,
    token: String,
}

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Person {
    pub async fn sign_up(shape: &Installation, username: &str) -> Outcome<Self> {
        let http = Client::new();
        let email = format!("{username}@bench.example");
        let body = json!({"username": username, "email": email, "password": PASSWORD});
        let answer = http.post(format!("{}/auth/signup", shape.auth.url)).json(&body).send().await?;
        let session: Value = answer.error_for_status()?.json().await?;
        let token = session["token"].as_str().ok_or("no token")?.to_owned();
        Ok(Self { http, chat: shape.chat.url.clone(), ws: shape.gateway.ws(), token })
    }

    pub async fn create_room(&self, name: &str) -> Outcome<()> {
        self.call(Method::POST, "/rooms/create", Some(&json!({"name": name}))).await.map(drop)
    }

    pub async fn general(&self) -> Outcome<i64> {
        Ok(self.call(Method::GET, "/rooms/general", None).await?["id"].as_i64().ok_or("no general room")?)
    }

    pub async fn post(&self, room: i64, content: &str) -> Outcome<()> {
        let body = json!({"content": content});
        self.call(Method::POST, &format!("/messages/{room}"), Some(&body)).await.map(drop)
    }

    /// A connection that has heard `connected`, and how many rooms it carries.
    pub async fn connect(&self) -> Outcome<(Socket, usize)> {
        let (stream, _) =
            tokio_tungstenite::connect_async(format!("{}?token={}", self.ws, self.token)).await?;
        let mut socket = Socket(stream);
        let connected = socket.wait_for("system").await?;
        Ok((socket, connected["rooms"].as_array().ok_or("no rooms")?.len()))
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Outcome<Value> {
        let mut call = self.http.request(method, format!("{}{path}", self.chat)).bearer_auth(&self.token);
        if let Some(body) = body {
            call = call.json(body);
        }
        Ok(call.send().await?.error_for_status()?.json().await?)
    }
}

impl Socket {
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
