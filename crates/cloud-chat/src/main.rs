//! `cloud-chat`: the whole product in one process, or one service of it, and the commands that look after it.

mod backups;
mod commands;
mod databases;
mod health;
mod metrics;
mod options;
mod roles;
mod router;
mod seams;
mod secrets;
mod serve;
mod sessions;
mod web;

use std::process::ExitCode;

use options::{Cli, Command};

fn main() -> ExitCode {
    let cli = match options::parse() {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    // One TLS provider for the whole process; a second one would panic at first use.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return commands::fail("TLS was set up twice");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return commands::fail(&format!("the runtime does not start: {error}")),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => commands::fail(&message),
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    let Cli { command, serve: options } = cli;
    match command {
        None => roles::everything(*options).await,
        Some(Command::Auth(options)) => roles::auth(*options).await,
        Some(Command::Chat(options)) => roles::chat(*options).await,
        Some(Command::Ws(options)) => roles::ws(*options).await,
        Some(Command::Migrate(options)) => commands::migrate::run(&options).await,
        Some(Command::Openapi) => commands::openapi::run(),
        Some(Command::Healthcheck(target)) => commands::healthcheck::run(&target).await,
        Some(Command::User(user)) => commands::user::run(*user).await,
        Some(Command::Backup(options)) => commands::backup::run(*options).await,
        Some(Command::Restore(options)) => commands::restore::run(*options).await,
        Some(Command::Doctor(options)) => commands::doctor::run(*options).await,
    }
}
