//! What is said about a value that is missing or wrong: one line with the variable, what it must be, an example.

use clap::{
    Arg, Command,
    builder::PossibleValue,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// Of variables whose default says nothing, or that have none.
const EXAMPLES: [(&str, &str); 8] = [
    ("JWT_SECRET", "$(openssl rand -hex 32)"),
    ("INTERNAL_API_KEY", "$(openssl rand -hex 32)"),
    ("FRONTEND_URL", "https://chat.example.org"),
    ("NATS_URL", "nats://nats:4222"),
    ("AUTH_SERVICE_URL", "http://auth-service:5000"),
    ("CHAT_SERVICE_INTERNAL", "http://chat-service:5000"),
    ("DATABASE_URL", "mysql://user:password@db.example.org:3306/chat_db"),
    ("DB_HOST", "db.example.org"),
];

/// `None` for errors about the command line itself, which clap explains best.
pub fn about(error: &clap::Error, command: &Command) -> Option<String> {
    match error.kind() {
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => malformed(error, command),
        ErrorKind::MissingRequiredArgument => missing(error, command),
        _ => None,
    }
}

fn missing(error: &clap::Error, command: &Command) -> Option<String> {
    let Some(ContextValue::Strings(arguments)) = error.get(ContextKind::InvalidArg) else { return None };
    let argument = find(command, arguments.first()?)?;
    let variable = argument.get_env()?.to_string_lossy();
    let what = argument.get_help().map(ToString::to_string).unwrap_or_default();
    // What the default would be is of no use here.
    let what = what.split(" [default").next().unwrap_or_default().trim_end_matches('.').replace('\n', " ");
    let example = if what.contains("such as") { String::new() } else { example(argument) };
    Some(format!("{variable} (--{}) must be set: {what}{example}", argument.get_long()?))
}

fn malformed(error: &clap::Error, command: &Command) -> Option<String> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let argument = find(command, argument)?;
    let variable = argument.get_env()?.to_string_lossy();
    let why = std::error::Error::source(error).map(ToString::to_string);
    let choices = argument.get_possible_values();
    let choices = choices.iter().map(PossibleValue::get_name).collect::<Vec<_>>();
    let must = match why {
        _ if !choices.is_empty() => format!("must be one of {}", choices.join(", ")),
        Some(why) if why.starts_with("must") => why,
        Some(why) => format!("is not valid: {why}"),
        None => "is not valid".to_owned(),
    };
    let example = if must.contains("such as") { String::new() } else { example(argument) };
    Some(format!("{variable} (--{}) {must}{example}", argument.get_long()?))
}

/// By its usage, `--port <PORT>`, here or in a command below.
fn find<'a>(command: &'a Command, usage: &str) -> Option<&'a Arg> {
    let long = usage.trim_start_matches("--").split([' ', '=', '[']).next()?;
    let own = command.get_arguments().find(|argument| argument.get_long() == Some(long));
    own.or_else(|| command.get_subcommands().find_map(|below| find(below, usage)))
}

fn example(argument: &Arg) -> String {
    let Some(variable) = argument.get_env().map(|name| name.to_string_lossy()) else { return String::new() };
    let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    let known = EXAMPLES.iter().find(|(name, _)| *name == variable).map(|(_, value)| (*value).to_owned());
    match known.or(default).filter(|value| !value.is_empty()) {
        Some(value) => format!(" (for example {variable}={value})"),
        None => String::new(),
    }
}
