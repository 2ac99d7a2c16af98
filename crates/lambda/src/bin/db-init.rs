//! The function `db-init`: to be named `bootstrap` in its package.

use std::process::ExitCode;

use lambda::databases::Databases;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::run(Databases::from_env, Databases::handle).await
}
