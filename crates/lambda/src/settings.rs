//! The environment of a function. What is secret may be the ARN of a secret or a parameter, read once at the start.

use std::time::Duration;

use fanout::aws::Aws;
use kit::config::{self, Secret};

/// `NAME=` means: not set.
pub fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub fn required(name: &str, what: &str) -> Result<String, String> {
    optional(name).ok_or_else(|| format!("{name} must be set: {what}"))
}

/// The value itself or what its ARN names.
pub async fn secret(aws: &Aws, name: &str, what: &str) -> Result<Secret, String> {
    let value = required(name, what)?;
    aws.secret(&value).await.map(Secret::new).map_err(|error| format!("{name}: {error}"))
}

/// As the auth-service has it.
pub fn token_lifetime() -> Result<Duration, String> {
    let text = optional("JWT_EXPIRES_IN").unwrap_or_else(|| "15m".into());
    config::duration(&text).map_err(|why| format!("JWT_EXPIRES_IN {why}"))
}

pub fn log() -> Result<(), String> {
    let filter = optional("LOG").unwrap_or_else(|| "info".into());
    kit::telemetry::start(&filter).map_err(|why| format!("LOG {why}"))
}
