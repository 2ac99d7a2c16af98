//! The parts of Cloud Chat that run as AWS Lambda functions: the WebSocket, a second shell over `realtime::session`, and
//! what prepares the databases.

pub mod databases;
mod runtime;
mod settings;
pub mod sockets;

use std::process::ExitCode;

use serde_json::Value;

use runtime::Runtime;

/// Runs a function: set up once, then one event after the other.
pub async fn run<F>(
    set_up: impl AsyncFnOnce() -> Result<F, String>,
    handle: impl AsyncFn(&F, Value) -> Result<Value, String>,
) -> ExitCode {
    match try_to_run(set_up, handle).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            tracing::error!(why, "stopping");
            ExitCode::FAILURE
        }
    }
}

async fn try_to_run<F>(
    set_up: impl AsyncFnOnce() -> Result<F, String>,
    handle: impl AsyncFn(&F, Value) -> Result<Value, String>,
) -> Result<(), String> {
    settings::log()?;
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        return Err("TLS was set up twice".into());
    }
    let runtime = Runtime::from_env()?;
    match set_up().await {
        Ok(function) => runtime.run(async |event| handle(&function, event).await).await,
        Err(why) => {
            runtime.fail(&why).await?;
            Err(why)
        }
    }
}
