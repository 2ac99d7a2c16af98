//! Finds, opens and brings up to date the databases, and waits for a server that does not answer yet.

use std::{path::Path, time::Duration};

use kit::db::{Database, DatabaseUrl, is_away};
use sea_orm_migration::{MigratorTrait, sea_orm::DbErr};

use crate::options::{BothDatabases, OneDatabase, Which};

const FIRST_BACKOFF: Duration = Duration::from_millis(250);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Where one of the two is: on a server, or a file in the data folder.
pub fn find(which: Which, both: &BothDatabases, data_dir: &Path) -> DatabaseUrl {
    let given = match which {
        Which::Auth => &both.auth_database_url,
        Which::Chat => &both.chat_database_url,
    };
    given.clone().unwrap_or_else(|| DatabaseUrl::Sqlite(data_dir.join(which.file())))
}

/// The same for a command: a service's own variables count first.
pub fn find_one(
    which: Which,
    one: &OneDatabase,
    both: &BothDatabases,
    data_dir: &Path,
) -> Result<DatabaseUrl, String> {
    Ok(one.given()?.unwrap_or_else(|| find(which, both, data_dir)))
}

/// Opens a database whose schema is this version's or newer. `sync`: makes it so; files always are.
pub async fn open<M: MigratorTrait>(url: &DatabaseUrl, which: Which, sync: bool) -> Result<Database, String> {
    let explain = |error| format!("the database {url} cannot be used: {error}");
    let database = open_patiently(url).await.map_err(explain)?;
    if sync || url.is_file() {
        database.migrate::<M>().await.map_err(explain)?;
    } else if database.is_behind::<M>().await.map_err(explain)? {
        let command = format!("cloud-chat migrate --database {}", which.name());
        return Err(format!(
            "the schema of {url} is behind this version; run `{command}`, or set DB_SYNC=true (--db-sync)"
        ));
    }
    Ok(database)
}

/// A server may start after us; what it says by itself, such as a wrong password, is final.
async fn open_patiently(url: &DatabaseUrl) -> Result<Database, DbErr> {
    let mut backoff = FIRST_BACKOFF;
    loop {
        match Database::open(url).await {
            Err(error) if !url.is_file() && is_away(&error) => {
                tracing::warn!(%error, database = %url, "the database does not answer yet; waiting for it");
                tokio::time::sleep(backoff).await;
                backoff = (backoff * 2).min(BACKOFF_MAX);
            }
            opened => return opened,
        }
    }
}
