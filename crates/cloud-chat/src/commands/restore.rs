//! `cloud-chat restore`: into a data folder that no server runs on.

use kit::db::DatabaseUrl;

use crate::{
    backups, commands, databases,
    options::{RestoreOptions, Which},
    secrets,
};

pub async fn run(options: RestoreOptions) -> Result<(), String> {
    let data_dir = options.data.data_dir.clone();
    for which in [Which::Auth, Which::Chat] {
        let url = databases::find(which, &options.both, &data_dir);
        if !matches!(&url, DatabaseUrl::Sqlite(file) if *file == data_dir.join(which.file())) {
            return Err(format!(
                "a backup is restored into a data folder, and the server's database is {url}: unset {}",
                which.variable()
            ));
        }
    }
    if let Some(missing) = backups::missing_in(&options.from) {
        return Err(format!("{} is no backup: there is no {}", options.from.display(), missing.display()));
    }
    secrets::make_folder(&data_dir)?;
    let lock = secrets::lock_folder(&data_dir)?;
    let restored =
        commands::blocking(move || backups::restore(&options.from, &options.data.data_dir, options.replace));
    let (summary, before) = restored.await?;
    drop(lock);
    if let Some(before) = before {
        commands::say(format_args!(
            "What was there before is in {}: delete it when you no longer need it.",
            before.display()
        ))?;
    }
    commands::say(format_args!("{} now holds {summary}. Start the server on it.", data_dir.display()))
}
