//! Putting one back. It is copied into the data folder and checked there; from then on nothing but renaming is left,
//! which a start goes on with should it be cut off.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use protocol::Timestamp;

use super::{ORDER, Summary, copy_all, make_private, sync};
use crate::{commands, options::Which, secrets};

/// Not whole yet.
const DRAFT: &str = "restore.part";
/// Whole and checked: it counts from here on.
const READY: &str = "restore.ready";
/// In it what was there before.
const BEFORE: &str = "before";
/// All that a server keeps in its data folder, the lock excepted.
const FILES: [&str; 7] =
    ["auth.db", "auth.db-wal", "auth.db-shm", "chat.db", "chat.db-wal", "chat.db-shm", secrets::FILE];

/// Into a folder that no server runs on: the caller holds its lock. What is there stays, unless `replace`: then it is kept
/// in a folder of its own, which is returned. Blocks.
pub fn restore(from: &Path, data_dir: &Path, replace: bool) -> Result<(Summary, Option<PathBuf>), String> {
    let explain = |error: io::Error| format!("{} cannot be written: {error}", data_dir.display());
    // An earlier one that was cut off.
    finish(data_dir)?;
    let there = FILES.iter().find(|name| fs::symlink_metadata(data_dir.join(name)).is_ok());
    if let Some(name) = there
        && !replace
    {
        return Err(format!(
            "{} is there already; restore into another folder, or say --replace: then what is there is kept beside \
             the restored data",
            data_dir.join(name).display()
        ));
    }
    let draft = data_dir.join(DRAFT);
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(explain)?;
    }
    make_private(&draft).map_err(explain)?;
    let copied = copy_all(|which| from.join(which.file()), &from.join(secrets::FILE), &draft);
    let summary = copied.and_then(|summary| refuse_newer(summary, from)).inspect_err(|_| {
        if let Err(error) = fs::remove_dir_all(&draft) {
            commands::warn(&format!("{} cannot be removed: {error}", draft.display()));
        }
    })?;
    fs::rename(&draft, data_dir.join(READY)).map_err(explain)?;
    sync(data_dir).map_err(explain)?;
    Ok((summary, finish(data_dir)?))
}

/// A version may run on the schema of the next one; to go back to it is something else.
fn refuse_newer(summary: Summary, from: &Path) -> Result<Summary, String> {
    let Some((which, newest)) = summary.newer else { return Ok(summary) };
    Err(format!(
        "{} was written by a newer version of Cloud Chat (its schema has {newest}); restore it with that version or a \
         later one",
        from.join(which.file()).display()
    ))
}

/// What a backup must have is not there: its name.
pub fn missing_in(from: &Path) -> Option<PathBuf> {
    ORDER.map(|which| from.join(which.file())).into_iter().find(|file| !file.exists())
}

pub fn is_unfinished(data_dir: &Path) -> bool {
    data_dir.join(READY).exists()
}

/// Gives restored files their places, if there are any; `Some`: where the data went that was there before. May be cut
/// off anywhere and done again. The caller holds the folder's lock.
pub fn finish(data_dir: &Path) -> Result<Option<PathBuf>, String> {
    if !is_unfinished(data_dir) {
        return Ok(None);
    }
    let ready = data_dir.join(READY);
    put_in_place(data_dir, &ready)
        .map_err(|error| format!("the restore in {} cannot be finished: {error}", ready.display()))
}

fn put_in_place(data_dir: &Path, ready: &Path) -> io::Result<Option<PathBuf>> {
    let before = ready.join(BEFORE);
    if !before.exists() {
        make_private(&before)?;
    }
    // A log left beside a restored database would be taken for its own.
    for database in ORDER.map(Which::file) {
        if ready.join(database).exists() {
            for suffix in ["-wal", "-shm", ""] {
                let name = format!("{database}{suffix}");
                rename_if_there(&data_dir.join(&name), &before.join(&name))?;
            }
            sync(data_dir)?;
            fs::rename(ready.join(database), data_dir.join(database))?;
        }
    }
    if ready.join(secrets::FILE).exists() {
        rename_if_there(&data_dir.join(secrets::FILE), &before.join(secrets::FILE))?;
        fs::rename(ready.join(secrets::FILE), data_dir.join(secrets::FILE))?;
    }
    sync(data_dir)?;
    let kept = if fs::read_dir(&before)?.next().is_some() {
        let kept =
            data_dir.join(format!("before-restore-{}", Timestamp::now().to_string().replace(':', "-")));
        fs::rename(&before, &kept)?;
        Some(kept)
    } else {
        fs::remove_dir(&before)?;
        None
    };
    fs::remove_dir(ready)?;
    sync(data_dir)?;
    Ok(kept)
}

fn rename_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
