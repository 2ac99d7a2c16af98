//! What an error of the database means, whichever engine says it.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc};

use sea_orm::{
    DbErr, RuntimeErr, SqlErr,
    sqlx::{
        self,
        error::{DatabaseError, ErrorKind},
        mysql::MySqlDatabaseError,
    },
};

/// What the engine calls it.
enum Code {
    /// The primary code, without its extension.
    Sqlite(i64),
    MySql(u16),
}

/// The unique constraint that was violated, as the engine names it: SQLite `table.column`, MySQL its key.
pub fn violated_constraint(error: &DbErr) -> Option<String> {
    match error.sql_err()? {
        // MySQL puts the offending value first; the key's name comes last.
        SqlErr::UniqueConstraintViolation(text) => {
            Some(text.rsplit(['\'', ':']).find(|part| !part.trim().is_empty())?.trim().into())
        }
        _ => None,
    }
}

/// Whether another try may succeed: the database is away, busy, read-only for a while, its disk full, or all
/// connections are in use.
pub fn is_transient(error: &DbErr) -> bool {
    if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) || is_contention(error) {
        return true;
    }
    match driver_error(error) {
        Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed) => true,
        Some(sqlx::Error::Database(error)) => is_passing(error.as_ref()),
        _ => false,
    }
}

fn is_passing(error: &dyn DatabaseError) -> bool {
    match code(error) {
        // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_FULL.
        Some(Code::Sqlite(code)) => matches!(code, 5 | 6 | 10 | 13),
        Some(Code::MySql(code)) => matches!(
            code,
            // Too many connections, of all or of this user; out of resources.
            1040 | 1041 | 1203 | 1226
            // Disk full, table full, and what engines say of a write or commit that failed.
            | 1021 | 1026 | 1030 | 1114 | 1180
            // Shutting down, killed, interrupted, timed out, gone.
            | 1053 | 1077..=1079 | 1152 | 1158..=1161 | 1184 | 1317 | 1927 | 2006 | 2013 | 3168 | 3169 | 4031
            // A lock that was not given in time.
            | 1205
            // A replica, or a primary that is about to become one; a cluster that is not whole.
            | 1047 | 1290 | 1792 | 1836
        ),
        None => false,
    }
}

/// Whether a server could not be reached or takes nobody now: it may later. What it says of the address or the password
/// is final, and so is a certificate that does not verify.
pub fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(RuntimeErr::SqlxError(error)) => match error.as_ref() {
            // TLS reports what it refuses as data that is not valid.
            sqlx::Error::Io(error) => error.kind() != std::io::ErrorKind::InvalidData,
            sqlx::Error::PoolTimedOut => true,
            sqlx::Error::Database(error) => is_passing(error.as_ref()),
            _ => false,
        },
        _ => false,
    }
}

/// Whether the transaction was rolled back as a whole since another one was in its way: doing it again is safe.
pub fn is_contention(error: &DbErr) -> bool {
    let Some(sqlx::Error::Database(error)) = driver_error(error) else { return false };
    // A deadlock, and a row that changed under a snapshot.
    matches!(code(error.as_ref()), Some(Code::MySql(1213 | 1020)))
}

/// Whether the error may be the fault of one row and not of the database as a whole.
pub fn is_about_a_row(error: &DbErr) -> bool {
    let Some(sqlx::Error::Database(error)) = driver_error(error) else { return false };
    match code(error.as_ref()) {
        // SQLITE_TOOBIG, SQLITE_CONSTRAINT and SQLITE_MISMATCH.
        Some(Code::Sqlite(code)) => matches!(code, 18..=20),
        // Null, duplicate, missing, out of range, truncated, not of the character set, too long, too big a statement,
        // refused by a trigger or a check.
        Some(Code::MySql(code)) => {
            matches!(
                code,
                1048 | 1062 | 1153 | 1264 | 1265 | 1292 | 1364 | 1366 | 1406 | 1644 | 3819 | 3988 | 4025
            )
        }
        None => false,
    }
}

fn driver_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn code(error: &dyn DatabaseError) -> Option<Code> {
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return Some(Code::MySql(error.number()));
    }
    // With its extension it is longer: the last byte is what it belongs to.
    Some(Code::Sqlite(error.code()?.parse::<i64>().ok()? & 0xff))
}

/// What SQLite said past the pools, as the pools would have told it.
pub(super) fn of_sqlite(error: rusqlite::Error) -> DbErr {
    let error = match error {
        rusqlite::Error::SqliteFailure(failure, _) => {
            sqlx::Error::Database(Box::new(Embedded { code: failure.extended_code.to_string(), error }))
        }
        other => sqlx::Error::Protocol(other.to_string()),
    };
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
}

#[derive(Debug)]
struct Embedded {
    code: String,
    error: rusqlite::Error,
}

impl fmt::Display for Embedded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl StdError for Embedded {}

impl DatabaseError for Embedded {
    fn message(&self) -> &'static str {
        "SQLite"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(&self.code))
    }

    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}
