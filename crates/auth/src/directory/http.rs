//! `/internal/*`: what chat and sockets in other processes ask.

use axum::{Json, Router, extract::State, routing::post};
use kit::{
    Result,
    extract::InternalBody,
    internal_key::{InternalKeys, guard},
};
use protocol::seams::{AccountChange, AskChanges, AskRevoked, RevokedSession};

use crate::Auth;

/// Mounted only where there is a key. Not in the OpenAPI document: they are between processes of one installation.
pub fn routes(keys: InternalKeys) -> Router<Auth> {
    let routes = Router::new()
        .route("/internal/accounts/changes", post(changes))
        .route("/internal/sessions/revoked", post(revoked));
    guard(routes, keys)
}

async fn changes(
    State(auth): State<Auth>,
    InternalBody(ask): InternalBody<AskChanges>,
) -> Result<Json<Vec<AccountChange>>> {
    super::changes(&auth, ask.cursor).await.map(Json)
}

async fn revoked(
    State(auth): State<Auth>,
    InternalBody(ask): InternalBody<AskRevoked>,
) -> Result<Json<Vec<RevokedSession>>> {
    super::revoked_sessions(&auth, ask.since).await.map(Json)
}
