//! Connections to MySQL and MariaDB, and how each session is set up.

use std::{io, time::Duration};

use sea_orm::{
    ConnectOptions, DbErr, RuntimeErr,
    sqlx::{self, ConnectOptions as _, Connection, Executor, MySqlConnection, mysql::MySqlConnectOptions},
};

/// How long a request waits for a server that is away before it is told so.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a statement may take, a connection for it included. Longer than a lock is waited for.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_secs(7);
/// A connection that was not used for so long is tried before it is. No server is killed and back sooner.
const UNTRIED_MAX: Duration = Duration::from_millis(100);
/// What does not answer when it is tried is replaced by another, within what is left of `ACQUIRE_TIMEOUT`: its path may be
/// gone without a word.
const TRYING_MAX: Duration = Duration::from_secs(1);
/// Closed by us, at the latest after twice this, before the server does it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(25);
/// Prepared statements that a connection keeps: more than there are shapes of them (`shapes`).
const STATEMENTS_MAX: usize = 256;
/// Connections find a new server behind the same name, and servers get their memory back.
const LIFETIME_MAX: Duration = Duration::from_secs(30 * 60);

/// Every session, whatever the server's defaults:
/// - READ COMMITTED: what is read after a lock is as of that lock, and nothing between rows is locked;
/// - strict: what does not fit is an error, never cut off;
/// - a lock that is not given within five seconds is an error;
/// - a session whose process or path vanished without a word gives its locks back: on MariaDB after seven seconds in the
///   middle of a transaction, where nobody rests, on MySQL, which knows of no such difference, after a minute.
const SESSION: [&str; 3] = [
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', \
     innodb_lock_wait_timeout = 5",
    NO_REST,
];
pub const NO_REST: &str = "SET SESSION wait_timeout = 60 /*M!100300 , idle_transaction_timeout = 7 */";
/// For the one who holds a lock while others work, until `NO_REST`.
pub const REST: &str = "SET SESSION wait_timeout = 86400 /*M!100300 , idle_transaction_timeout = 0 */";

/// Times are UTC and texts utf8mb4, compared by bytes. Statements are prepared once a connection.
pub fn options(server: &MySqlConnectOptions, connections_max: u32) -> ConnectOptions {
    let server = server.clone().charset("utf8mb4").collation("utf8mb4_bin").timezone("+00:00".to_owned());
    let server = server.statement_cache_capacity(STATEMENTS_MAX);
    // The address is set on sqlx's own options: in a URL it would need escaping.
    let mut options = ConnectOptions::new("mysql://localhost");
    options
        .max_connections(connections_max)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(IDLE_TIMEOUT)
        .max_lifetime(LIFETIME_MAX)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_mysql_before_acquire(|connection, rest| Box::pin(is_usable(connection, rest.idle_for)))
        .map_sqlx_mysql_pool_opts(|options| {
            let options = options.after_connect(|connection, _| {
                Box::pin(async move {
                    for statement in SESSION {
                        connection.execute(statement).await?;
                    }
                    Ok(())
                })
            });
            options.after_release(|connection, _| Box::pin(clean(connection)))
        })
        .map_sqlx_mysql_opts(move |_| server.clone());
    options
}

/// Connects once, without trying again.
pub async fn knock(server: &MySqlConnectOptions) -> Result<(), DbErr> {
    let knocked = async { server.connect().await?.close().await };
    let knocked = tokio::time::timeout(ACQUIRE_TIMEOUT, knocked).await;
    let knocked = knocked.unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())));
    knocked.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

async fn is_usable(connection: &mut MySqlConnection, rested: Duration) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        return Ok(false);
    }
    if rested >= UNTRIED_MAX {
        let answered = tokio::time::timeout(TRYING_MAX, connection.ping()).await;
        answered.unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))?;
    }
    Ok(true)
}

/// A caller who went away may have left a transaction that the library does not know of, and a server that fell silent
/// must not keep the connection's place in the pool.
async fn clean(connection: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
    let cleaned = tokio::time::timeout(ACQUIRE_TIMEOUT, connection.execute("ROLLBACK")).await;
    cleaned.map_err(|_| sqlx::Error::PoolTimedOut)??;
    Ok(true)
}
