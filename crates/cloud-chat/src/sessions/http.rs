//! The revoked sessions that this process knows, for those who learn from it.

use axum::{Json, Router, extract::State, routing::post};
use kit::{
    Error, Result,
    extract::InternalBody,
    internal_key::{InternalKeys, guard},
    revocations::Revocations,
};
use protocol::seams::{AskRevoked, RevokedSession};

pub fn routes(revocations: Revocations, keys: InternalKeys) -> Router {
    let routes = Router::new().route("/internal/sessions/revoked", post(revoked));
    guard(routes, keys).with_state(revocations)
}

/// While something may be missing here, whoever asks is told to ask again and not that nothing ended.
async fn revoked(
    State(revocations): State<Revocations>,
    InternalBody(ask): InternalBody<AskRevoked>,
) -> Result<Json<Vec<RevokedSession>>> {
    if !revocations.is_complete() {
        return Err(Error::unavailable("The revoked sessions are not known yet."));
    }
    Ok(Json(revocations.learnt_since(ask.since)))
}
