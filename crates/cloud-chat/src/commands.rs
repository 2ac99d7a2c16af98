//! The commands beside serving. What they print is for people.

pub mod healthcheck;
pub mod migrate;
pub mod openapi;
pub mod user;

use std::{io::Write, process::ExitCode};

/// One line on standard error, and the exit code of a failure.
pub fn fail(message: &str) -> ExitCode {
    // With standard error gone there is nobody left to tell; the exit code still does.
    writeln!(std::io::stderr(), "cloud-chat: {message}").map_or(ExitCode::FAILURE, |()| ExitCode::FAILURE)
}

/// One line on standard output.
pub fn say(line: impl std::fmt::Display) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}")
        .map_err(|error| format!("standard output cannot be written: {error}"))
}
