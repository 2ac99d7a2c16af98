//! `POST /auth/introspect`, for other services.

use axum::{Json, extract::State};
use kit::{Result, extract::Body, internal_key::InternalCaller};
use protocol::accounts::{Introspect, Introspection};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Auth;

pub fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(introspect))
}

/// Judge an access token
///
/// Inactive once it expired, or its session or user is gone.
#[utoipa::path(
    post,
    path = "/auth/introspect",
    tag = "internal",
    request_body = Introspect,
    responses((status = 200, description = "The verdict, for a bad token too.", body = Introspection)),
    security(("internalKey" = []))
)]
async fn introspect(
    State(auth): State<Auth>,
    _: InternalCaller,
    Body(body): Body<Introspect>,
) -> Result<Json<Introspection>> {
    super::introspect(&auth, &body.token).await.map(Json)
}
