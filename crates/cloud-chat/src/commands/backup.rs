//! `cloud-chat backup`: of the one process on SQLite, while it runs.

use std::path::PathBuf;

use kit::db::DatabaseUrl;

use crate::{
    backups, commands, databases,
    options::{BackupOptions, Which},
};

pub async fn run(options: BackupOptions) -> Result<(), String> {
    let (auth, chat) = (file(Which::Auth, &options)?, file(Which::Chat, &options)?);
    let to = options.to.clone();
    let taken = commands::blocking(move || {
        let find = |which| match which {
            Which::Auth => auth.clone(),
            Which::Chat => chat.clone(),
        };
        backups::take(find, &options.data.data_dir, &options.to)
    });
    let summary = taken.await?;
    let secret = if summary.has_secrets {
        "It holds password hashes and the key of the access tokens: keep it secret."
    } else {
        "It holds password hashes: keep it secret. JWT_SECRET is not in it: keep that, too."
    };
    commands::say(format_args!("{} is a backup of {summary}. {secret}", to.display()))
}

fn file(which: Which, options: &BackupOptions) -> Result<PathBuf, String> {
    match databases::find(which, &options.both, &options.data.data_dir) {
        DatabaseUrl::Sqlite(file) => Ok(file),
        url @ DatabaseUrl::MySql(_) => Err(format!(
            "{url} is on a database server: back up both databases there, with mysqldump (docs/operations.md says how)"
        )),
    }
}
