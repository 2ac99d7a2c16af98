//! A backup: a folder with what a data folder holds, each file whole. Taken beside a running server, and put back into
//! a data folder that no server runs on.

mod progress;
mod restoring;
mod taking;

use std::{
    fmt::{self, Display},
    fs, io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use kit::db::{Schema, SqliteCopy};

pub use progress::size;
pub use restoring::{finish, missing_in, restore};
pub use taking::take;

use crate::{options::Which, secrets};

/// Chat first: what auth knows must not be older. Somebody who signs up between the two is unknown to chat until they
/// come; of an account that is deleted or renamed between the two chat learns from auth's feed after the restore. The
/// other way round chat would believe to have heard already what the restored feed has yet to tell.
const ORDER: [Which; 2] = [Which::Chat, Which::Auth];

/// What was written.
#[derive(Debug, Default)]
pub struct Summary {
    pub files: usize,
    pub bytes: u64,
    pub accounts: u64,
    pub messages: u64,
    /// `false` where `JWT_SECRET` is a variable.
    pub has_secrets: bool,
    /// Whose schema has a migration that this version does not know, and which.
    newer: Option<(Which, String)>,
}

/// Copies what a data folder holds into `folder`, which is there and empty, and reads all of it again.
fn copy_all(find: impl Fn(Which) -> PathBuf, secrets: &Path, folder: &Path) -> Result<Summary, String> {
    let mut summary = Summary::default();
    for which in ORDER {
        let file = find(which);
        copy_database(which, &file, folder, &mut summary)
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    if let Some(bytes) = copy_secrets(secrets, folder)? {
        summary.add(bytes);
        summary.has_secrets = true;
    }
    sync(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(summary)
}

fn copy_database(which: Which, file: &Path, folder: &Path, summary: &mut Summary) -> io::Result<()> {
    let mut lines = progress::Lines::new(which.file());
    let copy = SqliteCopy::take(file, &folder.join(which.file()), |progress| lines.show(progress))?;
    lines.checking();
    copy.check()?;
    if let Some(newest) = schema(which, copy.migrations()?).unknown.pop() {
        summary.newer = Some((which, newest));
    }
    let (table, count) = match which {
        Which::Auth => ("users", &mut summary.accounts),
        Which::Chat => ("messages", &mut summary.messages),
    };
    *count = copy.count(table).map_err(|_| io::Error::other("not a database of Cloud Chat"))?;
    let bytes = copy.close()?;
    summary.add(bytes);
    lines.done(bytes);
    Ok(())
}

impl Summary {
    fn add(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// `3 files, 1.2 MB, 5 accounts, 70 messages`
impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { files, bytes, accounts, messages, .. } = self;
        write!(f, "{files} files, {}, {accounts} accounts, {messages} messages", size(*bytes))
    }
}

fn schema(which: Which, applied: Vec<String>) -> Schema {
    match which {
        Which::Auth => Schema::of::<auth::Migrator>(applied),
        Which::Chat => Schema::of::<chat::Migrator>(applied),
    }
}

/// Their size; `None` where there are none.
fn copy_secrets(from: &Path, folder: &Path) -> Result<Option<u64>, String> {
    let to = folder.join(secrets::FILE);
    let copied = || -> io::Result<u64> {
        let bytes = fs::copy(from, &to)?;
        fs::set_permissions(&to, fs::Permissions::from_mode(0o600))?;
        fs::File::open(&to)?.sync_all()?;
        Ok(bytes)
    };
    match copied() {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !from.exists() => Ok(None),
        Err(error) => Err(format!("{}: {error}", from.display())),
    }
}

fn make_private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(folder)
}

/// Names in it are on the disk afterwards.
fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
