//! Copies of SQLite files, taken while others write to them, and what a copy is asked before anybody relies on it.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
    ffi,
};

use super::{migrations, sqlite::ACQUIRE_TIMEOUT};

/// 4 MiB with SQLite's usual pages.
const STEP_PAGES: i32 = 1024;
/// What `check` tells of a broken file at most.
const FINDINGS_MAX: u32 = 3;

/// A copy that nobody else has open: one file, which needs none beside it.
pub struct SqliteCopy {
    file: PathBuf,
    connection: Connection,
}

/// How far a copy is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    pub bytes: u64,
    pub bytes_total: u64,
}

impl SqliteCopy {
    /// Copies `from`, as it is at this moment, to `to`, which must not be there yet; it is for its owner only. Whoever
    /// writes to `from` is not kept waiting. Blocks.
    pub fn take(from: &Path, to: &Path, progress: impl FnMut(Progress)) -> io::Result<Self> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
        copy(from, to, progress).map_err(io::Error::other)?;
        let connection = open_alone(to).map_err(io::Error::other)?;
        Ok(Self { file: to.into(), connection })
    }

    /// Reads all of it; the error says what is broken.
    pub fn check(&self) -> io::Result<()> {
        let ask = || -> rusqlite::Result<Vec<String>> {
            let mut statement =
                self.connection.prepare(&format!("PRAGMA integrity_check({FINDINGS_MAX})"))?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        // Some damage is told in rows, some ends the reading.
        let findings = ask().unwrap_or_else(|error| vec![error.to_string()]);
        if findings == ["ok"] {
            return Ok(());
        }
        Err(io::Error::other(format!("{} is damaged: {}", self.file.display(), findings.join("; "))))
    }

    /// The migrations that were applied to it; none where it is no database of ours.
    pub fn migrations(&self) -> io::Result<Vec<String>> {
        let ask = || -> rusqlite::Result<Vec<String>> {
            if !self.connection.table_exists(None, migrations::TABLE)? {
                return Ok(Vec::new());
            }
            let mut statement =
                self.connection.prepare(&format!("SELECT version FROM {}", migrations::TABLE))?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        ask().map_err(io::Error::other)
    }

    /// How many rows a table of ours has.
    pub fn count(&self, table: &'static str) -> io::Result<u64> {
        let count = self
            .connection
            .query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get::<_, i64>(0));
        count.map(i64::unsigned_abs).map_err(io::Error::other)
    }

    /// On the disk afterwards; its size in bytes.
    pub fn close(self) -> io::Result<u64> {
        self.connection.close().map_err(|(_, error)| io::Error::other(error))?;
        let file = File::open(&self.file)?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }
}

fn copy(from: &Path, to: &Path, mut progress: impl FnMut(Progress)) -> rusqlite::Result<()> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    source.busy_timeout(ACQUIRE_TIMEOUT)?;
    // One moment for all steps. Without it each commit of somebody else would make the copy begin again.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let page_bytes: u64 =
        source.pragma_query_value(None, "page_size", |row| row.get::<_, i64>(0))?.unsigned_abs();

    let mut copy = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Worth nothing before it is complete, and written to the disk at the end.
    copy.pragma_update(None, "journal_mode", "OFF")?;
    copy.pragma_update(None, "synchronous", "OFF")?;
    let backup = Backup::new(&source, &mut copy)?;
    loop {
        let step = backup.step(STEP_PAGES)?;
        let pages = backup.progress();
        let bytes = |pages: i32| u64::from(pages.unsigned_abs()) * page_bytes;
        let bytes_total = bytes(pages.pagecount);
        progress(Progress { bytes: bytes_total.saturating_sub(bytes(pages.remaining)), bytes_total });
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            // Nobody knows of the copy, so nobody can be in the way.
            _ => return Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)),
        }
    }
}

/// A database in WAL mode is several files; a copy is one.
fn open_alone(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
