//! People who talk to the program.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use crate::Outcome;

pub struct Account {
    pub token: String,
    pub general: i64,
    ws: String,
}

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Account {
    pub async fn sign_up(address: &str, username: &str) -> Outcome<Self> {
        let http = reqwest::Client::new();
        let body = json!({
            "username": username,
            "email": format!("{username}@bench.example"),
            "password": "measure twice, cut once",
        });
        let answer = http.post(format!("{address}/auth/signup")).body(body.to_string());
        let answer = answer.header("content-type", "application/json").send().await?.error_for_status()?;
        let session: Value = serde_json::from_str(&answer.text().await?)?;
        let token = session["token"].as_str().ok_or("no token")?.to_owned();
        let general = http.get(format!("{address}/rooms/general")).bearer_auth(&token).send().await?;
        let general: Value = serde_json::from_str(&general.error_for_status()?.text().await?)?;
        let general = general["id"].as_i64().ok_or("no general room")?;
        Ok(Self { token, general, ws: address.replacen("http", "ws", 1) })
    }

    /// A connection that has heard `connected`.
    pub async fn connect(&self) -> Outcome<Socket> {
        let address = format!("{}/ws?token={}", self.ws, self.token);
        let (socket, _) = tokio_tungstenite::connect_async(address).await?;
        let mut socket = Socket(socket);
        socket.wait_for("system").await?;
        Ok(socket)
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
