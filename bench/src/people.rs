//! People who talk to the product. Those who only chat are made up: their tokens are signed with the product's own
//! secret, as hashing ten thousand passwords would take longer than the measurement.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::{StreamExt, TryStreamExt, stream};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Outcome,
    product::{JWT_SECRET, Product},
};

/// Requests under way at once.
const AT_ONCE: usize = 32;
const TOKEN_LIFETIME: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone)]
pub struct Person {
    pub token: String,
}

impl Person {
    pub fn made_up(number: usize) -> Outcome<Self> {
        let id = Uuid::new_v4();
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let claims = json!({
            "id": id, "sub": id, "sid": Uuid::new_v4(), "jti": Uuid::new_v4(),
            "username": format!("person{number:05}"),
            "iat": now.as_secs(), "exp": (now + TOKEN_LIFETIME).as_secs(),
        });
        let key = EncodingKey::from_secret(JWT_SECRET.as_bytes());
        Ok(Self { token: jsonwebtoken::encode(&Header::default(), &claims, &key)? })
    }

    /// Where to open a socket that carries every room of theirs.
    pub fn socket_path(&self) -> String {
        format!("/ws?token={}", self.token)
    }
}

/// So many people, all in the general room, and its id.
pub async fn in_general(product: &Product, count: usize) -> Outcome<(Vec<Person>, i64)> {
    let people = (0..count).map(Person::made_up).collect::<Outcome<Vec<_>>>()?;
    let http = Client::new();
    let url = format!("{}/rooms/general", product.chat);
    let joins = people.iter().map(|person| {
        let request = http.get(&url).bearer_auth(&person.token);
        async move { Ok::<_, crate::Failure>(request.send().await?.error_for_status()?.text().await?) }
    });
    let rooms: Vec<String> = stream::iter(joins).buffer_unordered(AT_ONCE).try_collect().await?;
    let room: Value = serde_json::from_str(rooms.first().ok_or("nobody")?)?;
    Ok((people, room["id"].as_i64().ok_or("no general room")?))
}
