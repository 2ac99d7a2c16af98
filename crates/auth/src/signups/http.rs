//! `POST /auth/signup`.

use axum::{extract::State, http::StatusCode, response::Response};
use kit::{Error, Result, address::Client, extract::Body};
use protocol::{
    Code,
    accounts::{SessionTokens, Signup},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Auth, names, sessions};

pub fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(signup))
}

/// Sign up
///
/// Creates an account and opens a session. `session: "cookie"` puts the refresh token into a cookie instead of
/// the body.
#[utoipa::path(
    post,
    path = "/auth/signup",
    tag = "sessions",
    request_body = Signup,
    responses(
        (
            status = 201,
            description = "The account exists and a session is open.",
            body = SessionTokens,
            links(
                ("refresh" = (
                    operation_id = "refresh",
                    request_body = json!({"refreshToken": "$response.body#/refreshToken"})
                )),
                ("logout" = (
                    operation_id = "logout",
                    request_body = json!({"refreshToken": "$response.body#/refreshToken"})
                ))
            )
        ),
        (status = 403, description = "`SIGNUPS_CLOSED`."),
        (status = 409, description = "`USERNAME_TAKEN` or `EMAIL_TAKEN`."),
        (status = 429),
    )
)]
async fn signup(State(auth): State<Auth>, client: Client, Body(body): Body<Signup>) -> Result<Response> {
    if !auth.0.config.signups_open {
        return Err(Error::forbidden(Code::SignupsClosed, "New accounts are not accepted here."));
    }
    auth.0.limits.signup(&client, &names::fold(&body.email))?;
    let mode = body.session;
    let grant = super::sign_up(&auth, body).await?;
    tracing::info!(user = %grant.account.id, address = %client.address, "signed up");
    sessions::http::answer(StatusCode::CREATED, grant, mode, &client)
}
