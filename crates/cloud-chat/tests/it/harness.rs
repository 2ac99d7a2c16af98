//! Starts Cloud Chat as an operator would and acts on it as people would: real processes, real sockets, a data
//! folder of its own for each test. Nothing here knows the product's code.

mod answer;
mod app;
mod aws;
mod call;
mod frontend;
mod guest;
mod holder;
mod merging;
mod processes;
mod schema;
mod server;
mod shape;
mod socket;
mod storm;
mod talk;
pub mod tokens;
mod tools;
mod topology;
mod user;
mod ways;

use std::{future::Future, time::Duration};

pub use answer::Answer;
pub use app::App;
pub use aws::Aws;
pub use call::{Api, Call};
pub use frontend::Frontend;
pub use guest::Guest;
pub use holder::{Holder, Refusal};
pub use merging::MergingClient;
pub use schema::Schemas;
pub use server::{Output, Plan, Server, output_of, run, run_with};
pub use shape::assert_shape;
pub use socket::{Closed, Socket};
pub use storm::{Aftermath, Storm};
pub use talk::{Sockets, Talk};
pub use tools::{openapi, quoted, require, tool, venv, workspace};
pub use topology::{INTERNAL_API_KEY, JWT_SECRET, Topology};
pub use user::{Message, User};
pub use ways::Ways;

/// How long anything that must happen may take before a test fails; what the contract bounds is bounded apart.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// Contract: cut sockets and late deliveries come within five seconds.
pub const SOON: Duration = Duration::from_secs(5);

/// Fails the test when `future` takes longer than `deadline`.
pub async fn within<T>(deadline: Duration, what: &str, future: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(deadline, future).await;
    waited.unwrap_or_else(|_| panic!("not within {deadline:?}: {what}"))
}

/// How many there are, in the type of a `seq`.
pub fn count<T>(items: &[T]) -> i64 {
    items.len().try_into().expect("tests are small")
}

/// Asks again until there is an answer: for what becomes visible by HTTP only.
pub async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_within(SOON, what, ask).await
}

pub async fn eventually_within<T>(
    deadline: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Option<T>,
) -> T {
    let mut rhythm = tokio::time::interval(Duration::from_millis(20));
    within(deadline, what, async {
        loop {
            rhythm.tick().await;
            if let Some(value) = ask().await {
                return value;
            }
        }
    })
    .await
}
