//! Accounts and their sessions: signup, login, refresh families, passwords, reset mails, profiles. Other crates
//! see routes, the `directory` for the seams and the `admin` commands; the tables are nobody else's.

pub mod admin;
mod changes;
mod config;
mod context;
pub mod directory;
mod entities;
mod introspections;
mod limits;
mod mails;
mod metrics;
mod migrations;
mod names;
mod passwords;
mod resets;
mod sessions;
mod signups;
mod sweeps;
mod users;

use axum::{Json, extract::State};
use protocol::accounts::Health;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use config::{Config, MailConfig};
pub use context::Auth;
pub use migrations::Migrator;

/// Every public path of the service.
pub fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new()
        .merge(signups::http::routes())
        .merge(sessions::http::routes())
        .merge(resets::http::routes())
        .merge(users::http::routes())
        .routes(routes!(health))
}

/// Paths for other services; mounted only where a key guards them.
pub fn internal_routes() -> OpenApiRouter<Auth> {
    introspections::http::routes()
}

/// Whether accounts can be reached
#[utoipa::path(
    get,
    path = "/auth/health",
    tag = "health",
    operation_id = "auth_health",
    responses((status = 200, body = Health))
)]
async fn health(State(auth): State<Auth>) -> kit::Result<Json<Health>> {
    kit::health::check(&[&auth.0.db], &[]).await.map(Json)
}
