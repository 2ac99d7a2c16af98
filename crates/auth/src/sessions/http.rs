//! `POST /auth/login`, `/auth/refresh`, `/auth/logout`.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kit::{Error, Result, address::Client, extract::Body};
use protocol::{
    accounts::{Done, Login, RefreshTokenBody, SessionMode, SessionTokens},
    checks::TOKEN_BYTES_MAX,
    codes::FieldCode,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Grant, cookies};
use crate::{Auth, names};

pub fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(login)).routes(routes!(refresh)).routes(routes!(logout))
}

/// Log in
///
/// With the email or the username. `session: "cookie"` puts the refresh token into a cookie instead of the body.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "sessions",
    request_body = Login,
    responses(
        (
            status = 200,
            description = "A session is open.",
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
        (status = 401, description = "`BAD_CREDENTIALS`: no such account, or not its password."),
        (status = 403, description = "`ACCOUNT_DISABLED`."),
        (status = 429),
    )
)]
async fn login(State(auth): State<Auth>, client: Client, Body(body): Body<Login>) -> Result<Response> {
    let result = match auth.0.limits.login(&client, &names::fold(&body.email)) {
        Ok(()) => super::log_in(&auth, &client, &body).await,
        Err(limited) => Err(limited),
    };
    auth.0.metrics.logged_in(&result);
    answer(StatusCode::OK, result?, body.session, &client)
}

/// Carry a session on
///
/// The refresh token is used up: the answer has its successor. Without one in the body the cookie is taken, and
/// answered with a cookie; the request must then come from a page of this origin.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    tag = "sessions",
    request_body = RefreshTokenBody,
    responses(
        (
            status = 200,
            description = "The session goes on.",
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
        (status = 401, description = "`BAD_REFRESH_TOKEN`: unknown, expired, used up before or revoked."),
        (status = 403, description = "`BAD_ORIGIN`."),
    )
)]
async fn refresh(
    State(auth): State<Auth>,
    client: Client,
    headers: HeaderMap,
    Body(body): Body<RefreshTokenBody>,
) -> Result<Response> {
    if let Some(token) = &body.refresh_token {
        let grant = super::refresh(&auth, token).await?;
        return answer(StatusCode::OK, grant, body.session, &client);
    }
    let Some(token) = cookie_of_ours(&auth, &headers)? else {
        return Err(match body.session {
            SessionMode::Token => Error::invalid_field("refreshToken", FieldCode::Required),
            SessionMode::Cookie => super::no_session(),
        });
    };
    let grant = super::refresh(&auth, token).await?;
    answer(StatusCode::OK, grant, SessionMode::Cookie, &client)
}

/// Log out
///
/// Ends the session of the refresh token in the body, or else in the cookie, which is cleared.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "sessions",
    request_body = RefreshTokenBody,
    responses(
        (status = 200, description = "The session has ended, if there was one.", body = Done),
        (status = 403, description = "`BAD_ORIGIN`."),
    )
)]
async fn logout(
    State(auth): State<Auth>,
    client: Client,
    headers: HeaderMap,
    Body(body): Body<RefreshTokenBody>,
) -> Result<Response> {
    let mut response = Json(Done::OK).into_response();
    let token = match &body.refresh_token {
        Some(token) => Some(token.as_str()),
        None => cookie_of_ours(&auth, &headers)?,
    };
    if let Some(token) = token {
        super::log_out(&auth, token).await?;
    }
    if body.refresh_token.is_none() || body.session == SessionMode::Cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookies::clear(&client)?);
    }
    Ok(response)
}

/// The grant as its holder wants it: the refresh token in the body or in a cookie, and nothing of it in a cache.
pub fn answer(status: StatusCode, grant: Grant, mode: SessionMode, client: &Client) -> Result<Response> {
    let Grant { account, access_token, refresh_token } = grant;
    let tokens = |refresh_token| SessionTokens { user: account, token: access_token, refresh_token };
    let cache = [(header::CACHE_CONTROL, "no-store")];
    Ok(match mode {
        SessionMode::Token => (status, cache, Json(tokens(Some(refresh_token)))).into_response(),
        SessionMode::Cookie => {
            let cookie = [(header::SET_COOKIE, cookies::set(client, &refresh_token)?)];
            (status, cache, cookie, Json(tokens(None))).into_response()
        }
    })
}

fn cookie_of_ours<'a>(auth: &Auth, headers: &'a HeaderMap) -> Result<Option<&'a str>> {
    let Some(token) = cookies::read(headers) else { return Ok(None) };
    cookies::check_origin(headers, &auth.0.config.frontend_url)?;
    Ok(Some(token).filter(|token| token.len() <= TOKEN_BYTES_MAX))
}
