//! `cloud-chat migrate`.

use crate::{commands, options::DataOptions, secrets};

pub async fn run(options: &DataOptions) -> Result<(), String> {
    secrets::make_folder(&options.data_dir)?;
    for (name, database) in [
        ("auth.db", commands::open_database::<auth::Migrator>(&options.data_dir.join("auth.db")).await?),
        ("chat.db", commands::open_database::<chat::Migrator>(&options.data_dir.join("chat.db")).await?),
    ] {
        database.close().await.map_err(|error| format!("{name} cannot be closed: {error}"))?;
        commands::say(format_args!("{}: up to date", options.data_dir.join(name).display()))?;
    }
    Ok(())
}
