//! The function `ws`: to be named `bootstrap` in its package.

use std::process::ExitCode;

use lambda::sockets::Sockets;

/// Invocations come one at a time.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run(Sockets::from_env, Sockets::handle).await
}
