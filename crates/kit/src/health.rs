//! `GET /health`: whether the service can do its work, that is whether its databases answer.

use protocol::{Timestamp, accounts::Health};

use crate::{Error, db::Database};

/// 503 while one of the databases is away.
pub async fn check(databases: &[&Database]) -> Result<Health, Error> {
    for database in databases {
        database.ping().await.map_err(|error| {
            tracing::warn!(%error, "the database does not answer");
            Error::unavailable("The database does not answer.")
        })?;
    }
    Ok(Health { status: "ok".into(), version: env!("CARGO_PKG_VERSION").into(), time: Timestamp::now() })
}
