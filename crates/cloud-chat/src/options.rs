//! The command line: every setting is a flag and an environment variable, and its doc comment is the help.

mod databases;

use std::{ffi::OsString, net::IpAddr, num::NonZeroU32, path::PathBuf, process::ExitCode, time::Duration};

use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};
use ipnet::IpNet;
use kit::config::{self, Secret};

pub use databases::{BothDatabases, DatabaseTls, OneDatabase, SchemaOptions, Which};

/// Cloud Chat: self-hosted, real-time team chat.
///
/// Without a command it runs everything in one process: the web app, the HTTP API and the WebSocket, on two
/// SQLite files in its data folder. It needs no configuration.
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
    /// Bring the schema of the databases up to this version's (starting does that too with files, and on a database
    /// server with DB_SYNC).
    Migrate(Box<MigrateOptions>),
    /// Print the OpenAPI document of the HTTP API and the socket's events.
    Openapi,
    /// Ask a running server whether it is well; exits with 0 or 1.
    Healthcheck(HealthcheckOptions),
    /// Look after accounts; works while the server runs.
    User(Box<UserOptions>),
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

#[derive(Debug, Args)]
pub struct ServeOptions {
    #[command(flatten)]
    pub data: DataOptions,

    #[command(flatten)]
    pub databases: BothDatabases,

    #[command(flatten)]
    pub tls: DatabaseTls,

    #[command(flatten)]
    pub schema: SchemaOptions,

    /// Address to listen on: all of this machine's by default, 127.0.0.1 behind a proxy on the same machine.
    #[arg(long, env = "HOST", default_value = "0.0.0.0", value_parser = address, value_name = "IP")]
    pub host: IpAddr,

    /// Port to listen on; 0 takes a free one.
    #[arg(long, env = "PORT", default_value_t = 5000, value_parser = port)]
    pub port: u16,

    /// Address of the web app as people open it: links in mails, and the one origin that CORS admits
    /// [default: http://localhost:PORT].
    #[arg(long, env = "FRONTEND_URL", value_parser = config::origin, value_name = "URL", help_heading = "Addresses")]
    pub frontend_url: Option<String>,

    /// Where the web app finds the HTTP API [default: the same origin].
    #[arg(
        long,
        env = "API_BASE_URL",
        default_value = "",
        hide_default_value = true,
        value_name = "URL",
        help_heading = "Addresses"
    )]
    pub api_base_url: String,

    /// Where the web app finds the WebSocket [default: /ws of the same origin].
    #[arg(
        long,
        env = "WS_ENDPOINT",
        default_value = "",
        hide_default_value = true,
        value_name = "URL",
        help_heading = "Addresses"
    )]
    pub ws_endpoint: String,

    /// Address ranges of the proxies in front, whose X-Forwarded-For and -Proto count; comma-separated, such as
    /// 10.0.0.0/8 [default: none].
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', value_parser = range, value_name = "RANGES", help_heading = "Addresses")]
    pub trusted_proxies: Vec<IpNet>,

    /// Key of the access tokens, at least 32 bytes [default: made once, kept in the data folder].
    #[arg(long, env = "JWT_SECRET", hide_env_values = true, value_parser = long_secret, value_name = "SECRET", help_heading = "Accounts")]
    pub jwt_secret: Option<Secret>,

    /// How long an access token lives: 900, 15m, 2h, 7d.
    #[arg(long, env = "JWT_EXPIRES_IN", default_value = "15m", value_parser = config::duration, value_name = "TIME", help_heading = "Accounts")]
    pub jwt_expires_in: Duration,

    /// Whether people may make accounts.
    #[arg(
        long,
        env = "SIGNUPS",
        default_value = "open",
        value_enum,
        value_name = "WHICH",
        help_heading = "Accounts"
    )]
    pub signups: Signups,

    /// Key that other services show on internal paths, such as POST /auth/introspect; without it those paths do
    /// not exist.
    #[arg(long, env = "INTERNAL_API_KEY", hide_env_values = true, value_parser = secret, value_name = "KEY", help_heading = "Accounts")]
    pub internal_api_key: Option<Secret>,

    /// A second key that is accepted while keys rotate.
    #[arg(long, env = "INTERNAL_API_KEY_PREVIOUS", hide_env_values = true, value_parser = secret, value_name = "KEY", help_heading = "Accounts")]
    pub internal_api_key_previous: Option<Secret>,

    /// Mail server, such as smtps://user:password@mail.example.org; without it, reset links go to the log.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_parser = secret, value_name = "URL", help_heading = "Mail")]
    pub smtp_url: Option<Secret>,

    /// Sender of mails.
    #[arg(
        long,
        env = "SMTP_FROM",
        default_value = "Cloud Chat <cloud-chat@localhost>",
        value_name = "ADDRESS",
        help_heading = "Mail"
    )]
    pub smtp_from: String,

    /// Messages a second that one user may send, with bursts of four times as many.
    #[arg(long, env = "MESSAGE_RATE", default_value = "50", value_parser = rate, value_name = "COUNT", help_heading = "Limits")]
    pub message_rate: NonZeroU32,

    /// Whether logins, signups, resets and messages are limited; off is for benchmarks.
    #[arg(
        long,
        env = "RATE_LIMITS",
        default_value = "on",
        value_enum,
        value_name = "WHICH",
        help_heading = "Limits"
    )]
    pub rate_limits: Switch,

    /// Answer POST /auth/forgot-password with the reset link itself. For development only: whoever can ask can
    /// take over any account.
    #[arg(long, env = "DEV_MODE", default_value_t = false, num_args = 0..=1, default_missing_value = "true", action = clap::ArgAction::Set, value_name = "BOOL", help_heading = "Diagnosis")]
    pub dev_mode: bool,

    /// What is logged: error, warn, info, debug, or a list such as info,auth=debug.
    #[arg(long, env = "LOG", default_value = "info", value_name = "FILTER", help_heading = "Diagnosis")]
    pub log: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Signups {
    Open,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "must be an IP address".to_owned())
}

fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "must be a port from 0 to 65535".to_owned())
}

fn rate(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "must be a whole number of at least 1".to_owned())
}

fn range(text: &str) -> Result<IpNet, String> {
    let network = text.trim().parse().or_else(|_| text.trim().parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| "must be address ranges such as 10.0.0.0/8,fd00::/8".to_owned())
}

fn secret(text: &str) -> Result<Secret, String> {
    if text.is_empty() { Err("must not be empty".to_owned()) } else { Ok(Secret::new(text)) }
}

fn long_secret(text: &str) -> Result<Secret, String> {
    if text.len() < 32 {
        return Err("must be at least 32 bytes, such as the output of `openssl rand -hex 32`".to_owned());
    }
    Ok(Secret::new(text))
}

/// The command line, or the exit code after saying what is wrong: help as clap writes it, a bad value in one line
/// that names the variable.
pub fn parse() -> Result<Cli, ExitCode> {
    let matches = without_empty_variables(Cli::command()).try_get_matches();
    matches.and_then(|matches| Cli::from_arg_matches(&matches)).map_err(|error| {
        if let Some(message) = bad_value(&error) {
            return crate::commands::fail(&message);
        }
        if error.print().is_err() {
            return ExitCode::FAILURE;
        }
        u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
    })
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

fn bad_value(error: &clap::Error) -> Option<String> {
    if !matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue) {
        return None;
    }
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let long = argument.trim_start_matches("--").split([' ', '=', '[']).next()?;
    let command = Cli::command();
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(long))?;
    let variable = argument.get_env()?.to_string_lossy();
    let example = argument.get_default_values().first().map_or_else(OsString::new, Into::into);
    let example = if example.is_empty() {
        String::new()
    } else {
        format!(" (for example {variable}={})", example.to_string_lossy())
    };
    let why = std::error::Error::source(error).map(ToString::to_string);
    let choices = argument.get_possible_values();
    let choices = choices.iter().map(clap::builder::PossibleValue::get_name).collect::<Vec<_>>();
    let must = match why {
        _ if !choices.is_empty() => format!("must be one of {}", choices.join(", ")),
        Some(why) if why.starts_with("must") => why,
        Some(why) => format!("is not valid: {why}"),
        None => "is not valid".to_owned(),
    };
    Some(format!("{variable} (--{long}) {must}{example}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_bad_value_is_one_line_with_the_variable_and_an_example() {
        let message = |args: &[&str]| bad_value(&Cli::try_parse_from(args).unwrap_err()).unwrap();
        assert_eq!(
            message(&["cloud-chat", "--jwt-expires-in", "soon"]),
            "JWT_EXPIRES_IN (--jwt-expires-in) must be a time such as 900, 90s, 15m, 2h or 7d \
             (for example JWT_EXPIRES_IN=15m)"
        );
        assert_eq!(
            message(&["cloud-chat", "--signups", "maybe"]),
            "SIGNUPS (--signups) must be one of open, closed (for example SIGNUPS=open)"
        );
        assert_eq!(
            message(&["cloud-chat", "--port", "x"]),
            "PORT (--port) must be a port from 0 to 65535 (for example PORT=5000)"
        );
    }
}
