//! Copies of files that are written to meanwhile, and of files that are none.

use std::{os::unix::fs::PermissionsExt, path::Path};

use rusqlite::Connection;

use super::*;

/// Of more than one step.
const ROWS: usize = 3000;

fn database(file: &Path) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch("CREATE TABLE t (n INTEGER PRIMARY KEY, bytes BLOB)").unwrap();
    let rows = format!("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {ROWS})");
    connection.execute_batch(&format!("INSERT INTO t {rows} SELECT n, randomblob(3000) FROM r")).unwrap();
    connection
}

#[test]
fn a_copy_is_of_one_moment_however_much_is_written_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("live.db"), folder.path().join("copy.db"));
    let live = database(&from);
    let mut steps = Vec::new();
    let copy = SqliteCopy::take(&from, &to, |progress| {
        live.execute("INSERT INTO t (bytes) VALUES (randomblob(3000))", []).unwrap();
        steps.push(progress.bytes);
        assert!(progress.bytes <= progress.bytes_total);
    })
    .unwrap();
    assert!(steps.len() > 2 && steps.is_sorted(), "{steps:?}");
    copy.check().unwrap();
    assert_eq!(copy.count("t").unwrap(), ROWS as u64);
    assert_eq!(copy.close().unwrap(), *steps.last().unwrap());
    let written = live.query_row("SELECT COUNT(*) FROM t", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(written.unsigned_abs(), (ROWS + steps.len()) as u64);
}

#[test]
fn a_copy_is_one_file_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("live.db"), folder.path().join("copy.db"));
    let _live = database(&from);
    SqliteCopy::take(&from, &to, |_| {}).unwrap().close().unwrap();
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<_> = names.filter(|name| name.to_string_lossy().starts_with("copy")).collect();
    assert_eq!(names, ["copy.db"]);
    assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn nothing_is_overwritten_and_what_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    std::fs::write(place("letter.txt"), "Dear database, ".repeat(200)).unwrap();
    std::fs::write(place("there.db"), "precious").unwrap();
    let _live = database(&place("live.db"));
    for (from, to) in [("live.db", "there.db"), ("letter.txt", "copy.db"), ("missing.db", "other.db")] {
        assert!(SqliteCopy::take(&place(from), &place(to), |_| {}).is_err(), "{from} to {to}");
    }
    assert_eq!(std::fs::read_to_string(place("there.db")).unwrap(), "precious");
}

#[test]
fn a_damaged_file_is_told_from_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("live.db"), folder.path().join("copy.db"));
    drop(database(&from));
    let mut bytes = std::fs::read(&from).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    std::fs::write(&from, bytes).unwrap();
    let error = SqliteCopy::take(&from, &to, |_| {}).unwrap().check().unwrap_err();
    assert!(error.to_string().contains("copy.db"), "{error}");
}
