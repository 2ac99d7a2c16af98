//! The seam to auth: what chat asks about accounts. In one process a call, between services HTTP with the
//! internal key; the adapters are the binary's.

use async_trait::async_trait;
use kit::Result;
use protocol::{accounts::User, seams::AccountChange};

#[async_trait]
pub trait Accounts: Send + Sync + 'static {
    /// `username` ignoring case. `None`: there is no such account.
    async fn by_username(&self, username: &str) -> Result<Option<User>>;

    /// The next changes after `cursor` in their order, at most a few hundred; empty: up to date.
    async fn changes(&self, cursor: i64) -> Result<Vec<AccountChange>>;
}
