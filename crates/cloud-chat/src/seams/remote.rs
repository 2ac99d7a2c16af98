//! The seam to auth between processes: each question is a request with the internal key. That to chat is
//! `realtime::RemoteRooms`.

use std::time::Duration;

use async_trait::async_trait;
use kit::{Error, Kind, Result, config::Secret, peers::Peer};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use protocol::{
    accounts::User,
    seams::{AccountChange, AskChanges},
};

const ASK_TIMEOUT: Duration = Duration::from_millis(2500);
const ASKS_MAX: usize = 32;

/// Chat asks auth.
pub struct RemoteAccounts(pub Peer);

impl RemoteAccounts {
    pub fn new(origin: &str, key: &Secret) -> Result<Self> {
        Peer::new("auth", origin, key, ASKS_MAX).map(Self)
    }
}

#[async_trait]
impl chat::Accounts for RemoteAccounts {
    async fn by_username(&self, username: &str) -> Result<Option<User>> {
        let path = format!("/users/by-username/{}", utf8_percent_encode(username, NON_ALPHANUMERIC));
        match self.0.get(&path, ASK_TIMEOUT).await {
            Ok(user) => Ok(Some(user)),
            Err(Error::Refused(refusal)) if refusal.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn changes(&self, cursor: i64) -> Result<Vec<AccountChange>> {
        self.0.post("/internal/accounts/changes", &AskChanges { cursor }, ASK_TIMEOUT).await
    }
}
