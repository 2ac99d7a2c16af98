//! People who talk to the product. Those who only chat are made up: their tokens are signed with the product's own
//! secret, as hashing ten thousand passwords would take longer than the measurement.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::{StreamExt, TryStreamExt, stream};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::Client;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Failure, Outcome, product::Product};

/// Requests under way at once.
const AT_ONCE: usize = 32;
const TOKEN_LIFETIME: Duration = Duration::from_secs(3600);
/// Signing up hundreds hashes hundreds of passwords.
const PATIENCE: Duration = Duration::from_secs(60);
const PASSWORD: &str = "measure twice, cut once";

#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub token: String,
}

impl Person {
    pub fn made_up(number: usize, secret: &str) -> Outcome<Self> {
        let (id, name) = (Uuid::new_v4(), format!("person{number:05}"));
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let claims = json!({
            "id": id, "sub": id, "sid": Uuid::new_v4(), "jti": Uuid::new_v4(), "username": name,
            "iat": now.as_secs(), "exp": (now + TOKEN_LIFETIME).as_secs(),
        });
        let key = EncodingKey::from_secret(secret.as_bytes());
        Ok(Self { token: jsonwebtoken::encode(&Header::default(), &claims, &key)?, name })
    }

    /// Where to open a socket that carries every room of theirs.
    pub fn socket_path(&self) -> String {
        format!("/ws?token={}", self.token)
    }

    /// Where to open one that carries one room.
    pub fn room_path(&self, room: i64) -> String {
        format!("{}&roomId={room}", self.socket_path())
    }

    /// The body of their login.
    pub fn login(name: &str) -> Value {
        json!({"email": name, "password": PASSWORD})
    }
}

/// So many people, all in the general room, and its id.
pub async fn in_general(product: &Product, count: usize) -> Outcome<(Vec<Person>, i64)> {
    let made_up = |number| Person::made_up(number, &product.secret);
    let people = (0..count).map(made_up).collect::<Outcome<Vec<_>>>()?;
    let http = client()?;
    let url = format!("{}/rooms/general", product.chat);
    let joins = people.iter().map(|person| call(http.get(&url).bearer_auth(&person.token)));
    let rooms: Vec<Value> = stream::iter(joins).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok((people, id_of(rooms.first().ok_or("nobody")?)?))
}

/// So many people with accounts.
pub async fn signed_up(product: &Product, count: usize) -> Outcome<Vec<Person>> {
    let http = client()?;
    let url = format!("{}/auth/signup", product.auth);
    let group = &Uuid::new_v4().simple().to_string()[..8];
    let sign_ups = (0..count).map(|number| {
        let name = format!("member{number:05}.{group}");
        let email = format!("{name}@bench.example");
        let body = json!({"username": name, "email": email, "password": PASSWORD});
        let answer = call(http.post(&url).json(&body));
        async move {
            let token = answer.await?["token"].as_str().ok_or("no token")?.to_owned();
            Ok::<_, Failure>(Person { name, token })
        }
    });
    stream::iter(sign_ups).buffered(AT_ONCE).try_collect().await
}

/// A room of its owner and others, who have accounts.
pub async fn room_of(product: &Product, owner: &Person, others: &[&Person]) -> Outcome<i64> {
    let http = client()?;
    let create = http.post(format!("{}/rooms/create", product.chat)).bearer_auth(&owner.token);
    let room = id_of(&call(create.json(&json!({"name": "bench"}))).await?)?;
    let url = format!("{}/rooms/{room}/add-member", product.chat);
    for member in others {
        let add = http.post(&url).bearer_auth(&owner.token);
        call(add.json(&json!({"username": member.name}))).await?;
    }
    Ok(room)
}

/// One that does not wait for ever.
pub fn client() -> Outcome<Client> {
    Ok(Client::builder().timeout(PATIENCE).build()?)
}

/// A good answer as JSON.
pub async fn call(request: reqwest::RequestBuilder) -> Outcome<Value> {
    Ok(request.send().await?.error_for_status()?.json().await?)
}

fn id_of(room: &Value) -> Outcome<i64> {
    room["id"].as_i64().ok_or_else(|| "a room without an id".into())
}
