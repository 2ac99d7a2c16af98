//! A restore that was cut off, and what is no backup.

use std::collections::BTreeMap;

use kit::db::Database;
use sea_orm_migration::{MigratorTrait, sea_orm::ConnectionTrait};
use testbed::Earlier;

use super::*;

/// Every file below, with what is in it.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(below, text)| (format!("{name}/{below}"), text)));
        } else {
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    found
}

fn fill(folder: &Path, names: &[&str], text: &str) {
    fs::create_dir_all(folder).unwrap();
    for name in names {
        fs::write(folder.join(name), text).unwrap();
    }
}

#[test]
fn a_restore_that_was_cut_off_anywhere_is_finished() {
    let old =
        ["auth.db", "auth.db-wal", "auth.db-shm", "chat.db", "chat.db-wal", "chat.db-shm", "secrets.json"];
    let new = ["auth.db", "chat.db", "secrets.json"];
    // In the order in which they are renamed: away what was there, then what was restored to its place.
    let renames = [
        ("", "chat.db-wal"),
        ("", "chat.db-shm"),
        ("", "chat.db"),
        ("restore.ready", "chat.db"),
        ("", "auth.db-wal"),
        ("", "auth.db-shm"),
        ("", "auth.db"),
        ("restore.ready", "auth.db"),
        ("", "secrets.json"),
        ("restore.ready", "secrets.json"),
    ];
    for done in 0..=renames.len() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        fill(data, &old, "old");
        fill(&data.join("restore.ready"), &new, "new");
        fill(&data.join("restore.ready/before"), &[], "");
        for (from, name) in &renames[..done] {
            let to = if from.is_empty() { data.join("restore.ready/before") } else { data.to_owned() };
            fs::rename(data.join(from).join(name), to.join(name)).unwrap();
        }

        let before = finish(data).unwrap().expect("something was there before");
        assert_eq!(files(&before), old.map(|name| (name.to_owned(), "old".to_owned())).into());
        fs::remove_dir_all(before).unwrap();
        assert_eq!(files(data), new.map(|name| (name.to_owned(), "new".to_owned())).into(), "after {done}");
        assert_eq!(finish(data).unwrap(), None);
    }
}

/// Of this schema, after this statement.
async fn database<M: MigratorTrait>(file: &Path, sql: &str) {
    let database = Database::open_sqlite(file).await.unwrap();
    database.migrate::<M>().await.unwrap();
    database.writer.execute_unprepared(sql).await.unwrap();
    database.close().await.unwrap();
}

fn folders() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (backup, data) = (folder.path().join("backup"), folder.path().join("data"));
    fs::create_dir(&backup).unwrap();
    fs::create_dir(&data).unwrap();
    (folder, backup, data)
}

#[tokio::test]
async fn a_backup_of_an_earlier_schema_is_restored_and_brought_up_to_date_afterwards() {
    let (_folder, backup, data) = folders();
    database::<Earlier<chat::Migrator, 1>>(&backup.join("chat.db"), "UPDATE rooms SET last_seq = 7").await;
    database::<auth::Migrator>(&backup.join("auth.db"), "UPDATE account_cursor SET last = 7").await;
    let (summary, before) = restore(&backup, &data, false).unwrap();
    assert_eq!((summary.files, summary.has_secrets, before), (2, false, None));

    let chat = Database::open_sqlite(&data.join("chat.db")).await.unwrap();
    assert!(chat.is_behind::<chat::Migrator>().await.unwrap());
    chat.migrate::<chat::Migrator>().await.unwrap();
}

#[tokio::test]
async fn what_a_newer_version_wrote_or_is_no_database_of_ours_is_refused_and_nothing_changes() {
    for (sql, words) in [
        ("INSERT INTO seaql_migrations VALUES ('m9999_future', 0)", "m9999_future"),
        ("DROP TABLE messages", "not a database of Cloud Chat"),
    ] {
        let (_folder, backup, data) = folders();
        fill(&data, &["auth.db", "chat.db"], "old");
        database::<chat::Migrator>(&backup.join("chat.db"), sql).await;
        database::<auth::Migrator>(&backup.join("auth.db"), "UPDATE account_cursor SET last = 7").await;
        let error = restore(&backup, &data, true).map(drop).unwrap_err();
        assert!(error.contains(words) && error.contains("chat.db"), "{error}");
        assert_eq!(files(&data), ["auth.db", "chat.db"].map(|name| (name.into(), "old".into())).into());
    }
}
