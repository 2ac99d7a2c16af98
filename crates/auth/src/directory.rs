//! What the seams ask: the adapters to chat and to sockets are the binary's.

pub mod http;

use kit::Result;
use protocol::{
    Timestamp,
    accounts::User,
    seams::{AccountChange, RevokedSession},
};

use crate::{Auth, changes, sessions, users};

/// `username` ignoring case. `None`: there is no such account, or it is disabled.
pub async fn by_username(auth: &Auth, username: &str) -> Result<Option<User>> {
    users::by_username(auth, username).await
}

/// The next changes after `cursor` in their order, at most 200; empty: up to date.
pub async fn changes(auth: &Auth, cursor: i64) -> Result<Vec<AccountChange>> {
    changes::after(&auth.0.db.reader, cursor).await
}

/// Sessions that ended at `since` or later. A commit may be slower than the clock: look back a little further
/// than to the last call.
pub async fn revoked_sessions(auth: &Auth, since: Timestamp) -> Result<Vec<RevokedSession>> {
    sessions::revoked_since(&auth.0.db.reader, since).await
}
