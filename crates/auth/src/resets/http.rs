//! `POST /auth/forgot-password`, `/auth/reset-password`.

use axum::{Json, extract::State};
use kit::{Result, address::Client, extract::Body};
use protocol::accounts::{Done, ForgotPassword, ForgotPasswordAnswer, ResetPassword};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Auth, names};

pub fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(forgot_password)).routes(routes!(reset_password))
}

/// Ask for a reset link
///
/// It is mailed to the account of this email, if there is one; the answer does not tell.
#[utoipa::path(
    post,
    path = "/auth/forgot-password",
    tag = "passwords",
    request_body = ForgotPassword,
    responses((status = 200, description = "Always.", body = ForgotPasswordAnswer), (status = 429))
)]
async fn forgot_password(
    State(auth): State<Auth>,
    client: Client,
    Body(body): Body<ForgotPassword>,
) -> Result<Json<ForgotPasswordAnswer>> {
    auth.0.limits.forgot(&client, &names::fold(&body.email))?;
    let reset_link = super::request(&auth, &body.email).await?;
    Ok(Json(ForgotPasswordAnswer { ok: true, reset_link }))
}

/// Choose a new password
///
/// With the token of a reset link: once, within an hour. Ends every session of the user.
#[utoipa::path(
    post,
    path = "/auth/reset-password",
    tag = "passwords",
    request_body = ResetPassword,
    responses(
        (status = 200, description = "The new password counts.", body = Done),
        (status = 400, description = "`BAD_RESET_TOKEN`, or a field is not valid; `errors` says which."),
        (status = 429),
    )
)]
async fn reset_password(
    State(auth): State<Auth>,
    client: Client,
    Body(body): Body<ResetPassword>,
) -> Result<Json<Done>> {
    auth.0.limits.reset(&client)?;
    let user = super::reset(&auth, &body.token, &body.new_password).await?;
    tracing::info!(%user, address = %client.address, "a new password was set by a reset link");
    Ok(Json(Done::OK))
}
