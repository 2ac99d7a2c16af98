//! Accounts in memory: auth as far as chat can see it.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use kit::{Error, Result};
use protocol::{
    UserId,
    accounts::User,
    seams::{AccountChange, Change},
};

#[derive(Default)]
pub struct TestAccounts {
    users: Mutex<Vec<User>>,
    changes: Mutex<Vec<AccountChange>>,
    is_away: AtomicBool,
}

impl TestAccounts {
    pub fn add(&self, id: UserId, username: &str) {
        self.users.lock().unwrap().push(User { id, username: username.into(), email: None });
    }

    pub fn rename(&self, id: UserId, username: &str) {
        for user in self.users.lock().unwrap().iter_mut().filter(|user| user.id == id) {
            username.clone_into(&mut user.username);
        }
        self.record(id, Change::Renamed { username: username.into() });
    }

    /// What the feed says from now on; chat is not told.
    pub fn record(&self, user_id: UserId, change: Change) {
        let mut changes = self.changes.lock().unwrap();
        let cursor = 10 * (i64::try_from(changes.len()).unwrap() + 1);
        changes.push(AccountChange { cursor, user_id, change });
    }

    pub fn go_away(&self) {
        self.is_away.store(true, Ordering::SeqCst);
    }
}

#[async_trait]
impl chat::Accounts for TestAccounts {
    async fn by_username(&self, username: &str) -> Result<Option<User>> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(Error::unavailable("The accounts are away."));
        }
        let users = self.users.lock().unwrap();
        Ok(users.iter().find(|user| user.username.to_lowercase() == username.to_lowercase()).cloned())
    }

    /// Two at a time, so that following takes several reads.
    async fn changes(&self, cursor: i64) -> Result<Vec<AccountChange>> {
        let changes = self.changes.lock().unwrap();
        Ok(changes.iter().filter(|change| change.cursor > cursor).take(2).cloned().collect())
    }
}
