//! The command line: every setting is a flag and an environment variable, and its doc comment is the help.

mod complaints;
mod databases;
#[cfg(feature = "aws")]
mod gateway;
mod groups;
mod roles;
mod values;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, builder::Resettable};
use kit::config;

pub use databases::{BothDatabases, DatabaseTls, OneDatabase, SchemaOptions, Which};
#[cfg(feature = "aws")]
pub use gateway::GatewayOptions;
pub use groups::{
    AddressOptions, DevelopmentOptions, DiagnosisOptions, KeyOptions, LimitOptions, ListenOptions,
    MailOptions, MessageOptions, NatsOptions, ProxyOptions, SignupOptions, Signups, Switch, TokenOptions,
};
pub use roles::{AuthOptions, ChatOptions, ServeOptions, WsOptions};
use values::port;

/// Cloud Chat: self-hosted, real-time team chat.
///
/// Without a command it runs everything in one process: the web app, the HTTP API and the WebSocket, on two
/// SQLite files in its data folder. It needs no configuration. The commands auth, chat and ws run one service each.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,

    #[command(flatten)]
    pub serve: Box<ServeOptions>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve accounts only: /auth and /users.
    Auth(Box<AuthOptions>),
    /// Serve rooms and messages only: /rooms and /messages.
    Chat(Box<ChatOptions>),
    /// Serve the WebSocket only, on any path.
    Ws(Box<WsOptions>),
    /// Bring the schema of the databases up to this version's (starting does that too with files, and on a database
    /// server with DB_SYNC).
    Migrate(Box<MigrateOptions>),
    /// Print the OpenAPI document of the HTTP API and the socket's events.
    Openapi,
    /// Ask a running server whether it is well; exits with 0 or 1.
    Healthcheck(HealthcheckOptions),
    /// Look after accounts; works while the server runs.
    User(Box<UserOptions>),
    /// Copy the data of a server on SQLite into a new folder; works while the server runs.
    ///
    /// The folder gets chat.db, auth.db and, where the server made its own, secrets.json with the key of the access
    /// tokens; all for its owner only (mode 0600 in a folder of 0700). It is written under another name and gets its
    /// own once it is complete and was read again. On a database server, use mysqldump (docs/operations.md).
    Backup(Box<BackupOptions>),
    /// Put a backup into a data folder that no server runs on.
    ///
    /// The backup is copied and checked before anything changes. A folder that holds data is refused without --replace.
    /// Run it as the user that the server runs as. A backup of an earlier version is brought up to date by the next
    /// start; one of a newer version is refused.
    Restore(Box<RestoreOptions>),
    /// Check the settings and everything that a server needs, and say how to mend what is wrong; exits with 0 or 1.
    ///
    /// Give it the variables and flags that the server has. Without a role it checks the one process; each role is a
    /// command below. It changes nothing and sends no mail, and what it prints holds no secrets.
    Doctor(Box<DoctorOptions>),
}

#[derive(Debug, Clone, Args)]
pub struct DataOptions {
    /// Folder of the databases and the generated secrets; made when it is not there.
    #[arg(long, env = "DATA_DIR", default_value = "data", value_name = "DIR")]
    pub data_dir: PathBuf,
}

#[derive(Debug, Args)]
pub struct MigrateOptions {
    #[command(flatten)]
    pub data: DataOptions,

    /// Only this one; then DATABASE_URL or the DB_* say where it is, as they do to its service.
    #[arg(long, value_enum, value_name = "WHICH", help_heading = "Databases")]
    pub database: Option<Which>,

    #[command(flatten)]
    pub one: OneDatabase,

    #[command(flatten)]
    pub both: BothDatabases,

    #[command(flatten)]
    pub tls: DatabaseTls,
}

#[derive(Debug, Args)]
pub struct HealthcheckOptions {
    /// Port that the server listens on.
    #[arg(long, env = "PORT", default_value_t = 5000, value_parser = port)]
    pub port: u16,
}

#[derive(Debug, Args)]
pub struct BackupOptions {
    /// Folder to write; it must not be there yet.
    #[arg(value_name = "FOLDER")]
    pub to: PathBuf,

    #[command(flatten)]
    pub data: DataOptions,

    #[command(flatten)]
    pub both: BothDatabases,
}

#[derive(Debug, Args)]
pub struct RestoreOptions {
    /// Folder that a backup was written to.
    #[arg(value_name = "FOLDER")]
    pub from: PathBuf,

    /// Take the place of the data that is there, which is kept in a folder before-restore-… beside it.
    #[arg(long)]
    pub replace: bool,

    #[command(flatten)]
    pub data: DataOptions,

    #[command(flatten)]
    pub both: BothDatabases,
}

#[derive(Debug, Args)]
pub struct DoctorOptions {
    /// Address of the web app as people open it, such as https://chat.example.org: also checks the way there, through
    /// the proxy, for requests and for the WebSocket, and compares the clocks.
    #[arg(long, global = true, value_parser = config::origin, value_name = "URL")]
    pub url: Option<String>,

    #[command(subcommand)]
    pub role: Option<DoctorRole>,

    #[command(flatten)]
    pub serve: ServeOptions,
}

#[derive(Debug, Subcommand)]
pub enum DoctorRole {
    /// Check what the auth-service needs, with the variables that it has.
    Auth(Box<AuthOptions>),
    /// Check what the chat-service needs, with the variables that it has.
    Chat(Box<ChatOptions>),
    /// Check what the ws-service needs, with the variables that it has.
    Ws(Box<WsOptions>),
}

#[derive(Debug, Args)]
pub struct UserOptions {
    #[command(flatten)]
    pub data: DataOptions,

    #[command(flatten)]
    pub one: OneDatabase,

    #[command(flatten)]
    pub both: BothDatabases,

    #[command(flatten)]
    pub tls: DatabaseTls,

    /// Address of the web app, for links.
    #[arg(long, env = "FRONTEND_URL", value_parser = config::origin, value_name = "URL")]
    pub frontend_url: Option<String>,

    #[command(subcommand)]
    pub command: UserCommand,
}

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// List all accounts.
    List,
    /// End all sessions of an account and refuse its logins.
    Disable {
        /// Username or email.
        user: String,
    },
    /// Let a disabled account log in again.
    Enable {
        /// Username or email.
        user: String,
    },
    /// Print a link that sets a new password; it works once, for an hour.
    ResetPassword {
        /// Username or email.
        user: String,
    },
}

/// The command line, or the exit code after saying what is wrong: help as clap writes it, a bad value in one line
/// that names the variable.
pub fn parse() -> Result<Cli, ExitCode> {
    let matches = without_empty_variables(command()).try_get_matches();
    matches.and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| {
        if let Some(message) = complaints::about(&error, &command()) {
            return crate::commands::fail(&message);
        }
        if error.print().is_err() {
            return ExitCode::FAILURE;
        }
        u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
    })
}

fn command() -> clap::Command {
    roles::adjust(Cli::command())
}

/// `NAME=` in an environment file means: not set.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |argument: &clap::Arg| {
        argument.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()))
    };
    command
        .mut_args(|argument| if is_empty(&argument) { argument.env(Resettable::Reset) } else { argument })
        .mut_subcommands(without_empty_variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    fn message(args: &[&str]) -> String {
        complaints::about(&command().try_get_matches_from(args).unwrap_err(), &command()).unwrap()
    }

    #[test]
    fn a_bad_value_is_one_line_with_the_variable_and_an_example() {
        assert_eq!(
            message(&["cloud-chat", "--jwt-expires-in", "soon"]),
            "JWT_EXPIRES_IN (--jwt-expires-in) must be a time such as 900, 90s, 15m, 2h or 7d"
        );
        assert_eq!(
            message(&["cloud-chat", "--signups", "maybe"]),
            "SIGNUPS (--signups) must be one of open, closed (for example SIGNUPS=open)"
        );
        assert_eq!(
            message(&["cloud-chat", "--port", "x"]),
            "PORT (--port) must be a port from 0 to 65535 (for example PORT=5000)"
        );
        assert_eq!(
            message(&["cloud-chat", "chat", "--auth-service-url", "auth-service"]),
            "AUTH_SERVICE_URL (--auth-service-url) must be an http address without a path, such as \
             http://chat-service:5000"
        );
    }
}
