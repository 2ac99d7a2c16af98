//! `cloud-chat migrate`.

use kit::db::DatabaseUrl;
use sea_orm_migration::MigratorTrait;

use crate::{
    commands, databases,
    options::{MigrateOptions, Which},
    secrets,
};

pub async fn run(options: &MigrateOptions) -> Result<(), String> {
    for which in [Which::Auth, Which::Chat] {
        let folder = &options.data.data_dir;
        let url = match options.database {
            None => databases::find(which, &options.both, folder),
            Some(wanted) if wanted == which => {
                databases::find_one(which, &options.one, &options.both, folder)?
            }
            Some(_) => continue,
        };
        let url = options.tls.protect(url);
        if url.is_file() {
            secrets::make_folder(folder)?;
        }
        match which {
            Which::Auth => migrate::<auth::Migrator>(&url, which).await?,
            Which::Chat => migrate::<chat::Migrator>(&url, which).await?,
        }
    }
    Ok(())
}

async fn migrate<M: MigratorTrait>(url: &DatabaseUrl, which: Which) -> Result<(), String> {
    let database = databases::open::<M>(url, which, true).await?;
    database.close().await.map_err(|error| format!("{url} cannot be closed: {error}"))?;
    commands::say(format_args!("{url}: up to date"))
}
