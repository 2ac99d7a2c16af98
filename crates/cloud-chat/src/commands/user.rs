//! `cloud-chat user …`: on the account database itself, beside a running server, which notices within seconds.

use auth::admin;
use kit::db::DatabaseUrl;

use crate::{
    commands, databases,
    options::{UserCommand, UserOptions, Which},
};

pub async fn run(options: UserOptions) -> Result<(), String> {
    let url = databases::find_one(Which::Auth, &options.one, &options.both, &options.data.data_dir)?;
    if let DatabaseUrl::Sqlite(file) = &url
        && !file.exists()
    {
        // Making one would answer for the wrong folder.
        return Err(format!(
            "there is no {}; DATA_DIR (--data-dir) must be the server's data folder",
            file.display()
        ));
    }
    let url = options.tls.protect(url);
    let database = databases::open::<auth::Migrator>(&url, Which::Auth, false).await?;
    let result = act(&database, &options).await;
    database.close().await.map_err(|error| format!("{url} cannot be closed: {error}"))?;
    result
}

async fn act(database: &kit::db::Database, options: &UserOptions) -> Result<(), String> {
    let explain = |error: kit::Error| error.to_string();
    match &options.command {
        UserCommand::List => list(database).await,
        UserCommand::Disable { user } => {
            let account = admin::disable(database, user).await.map_err(explain)?;
            commands::say(format_args!("{} is disabled; all sessions have ended.", account.username))
        }
        UserCommand::Enable { user } => {
            let account = admin::enable(database, user).await.map_err(explain)?;
            commands::say(format_args!("{} may log in again.", account.username))
        }
        UserCommand::ResetPassword { user } => {
            let frontend_url = options.frontend_url.as_deref().unwrap_or("http://localhost:5000");
            let link = admin::reset_link(database, user, frontend_url).await.map_err(explain)?;
            commands::say(link)
        }
    }
}

async fn list(database: &kit::db::Database) -> Result<(), String> {
    let accounts = admin::list(database).await.map_err(|error| error.to_string())?;
    if accounts.is_empty() {
        return commands::say("There are no accounts yet.");
    }
    for account in accounts {
        let state = if account.disabled_at.is_some() { "disabled" } else { "active" };
        commands::say(format_args!(
            "{}  {state:8}  {}  {}  {}",
            account.id, account.created_at, account.username, account.email
        ))?;
    }
    Ok(())
}
