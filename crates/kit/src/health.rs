//! `GET /health`: whether the service can do its work, that is whether its databases answer.

use protocol::{Timestamp, accounts::Health};

use crate::{Error, db::Database};

/// 503 while one of the databases is away. `others`: what the service can do without for a while.
pub async fn check(databases: &[&Database], others: &[(&str, bool)]) -> Result<Health, Error> {
    for database in databases {
        database.ping().await.map_err(|error| {
            tracing::warn!(%error, "the database does not answer");
            Error::unavailable("The database does not answer.")
        })?;
    }
    let database = (!databases.is_empty()).then_some(("database", true));
    let dependencies = database.iter().chain(others).map(|(name, is_up)| ((*name).into(), (*is_up).into()));
    Ok(Health {
        status: "ok".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        time: Timestamp::now(),
        dependencies: dependencies.collect(),
    })
}
