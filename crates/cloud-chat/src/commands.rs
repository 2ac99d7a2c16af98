//! The commands beside serving. What they print is for people.

pub mod backup;
pub mod doctor;
pub mod healthcheck;
pub mod migrate;
pub mod openapi;
pub mod restore;
pub mod user;

use std::{io::Write, process::ExitCode};

/// One line on standard error, and the exit code of a failure.
pub fn fail(message: &str) -> ExitCode {
    warn(message);
    ExitCode::FAILURE
}

/// One line on standard error. With that gone there is nobody left to tell; the exit code still does.
pub fn warn(message: &str) {
    drop(writeln!(std::io::stderr(), "cloud-chat: {message}"));
}

/// Work that waits for disks.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(error.to_string()))
}

/// One line on standard output.
pub fn say(line: impl std::fmt::Display) -> Result<(), String> {
    writeln!(std::io::stdout(), "{line}")
        .map_err(|error| format!("standard output cannot be written: {error}"))
}
