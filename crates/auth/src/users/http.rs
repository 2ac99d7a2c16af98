//! `/users` and below.

use axum::{
    Json,
    extract::{FromRequestParts, State},
    http::request::Parts,
};
use kit::{
    Error, Result,
    extract::{Body, Path, Query},
    internal_key::InternalCaller,
    jwt::CurrentUser,
    layers::HAS_MORE,
};
use protocol::{
    Code, FieldError, UserId,
    accounts::{Account, DeleteUser, Done, User, UserPatch},
    codes::FieldCode,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Selection;
use crate::Auth;

const LIMIT_DEFAULT: u64 = 50;
const LIMIT_MAX: u64 = 200;
const PREFIX_CHARS_MAX: usize = 64;

pub fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show_me))
        .routes(routes!(show_by_username))
        .routes(routes!(show, change, delete))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// The beginning of a username, ignoring case.
    #[param(max_length = 64)]
    q: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The last id of the page before.
    after: Option<UserId>,
}

/// Find people
///
/// In the order of their ids.
#[utoipa::path(
    get,
    path = "/users",
    tag = "users",
    operation_id = "list_users",
    params(ListParams),
    responses((
        status = 200,
        description = "A page.",
        body = Vec<User>,
        headers(("x-has-more" = bool, description = "Whether another page follows."))
    )),
    security(("bearer" = []))
)]
async fn list(
    State(auth): State<Auth>,
    _: CurrentUser,
    Query(params): Query<ListParams>,
) -> Result<([(axum::http::HeaderName, &'static str); 1], Json<Vec<User>>)> {
    let limit = params.limit.unwrap_or(LIMIT_DEFAULT);
    let mut errors = Vec::new();
    if !(1..=LIMIT_MAX).contains(&limit) {
        errors.push(FieldError::new("limit", FieldCode::OutOfRange));
    }
    if params.q.as_ref().is_some_and(|q| q.chars().count() > PREFIX_CHARS_MAX) {
        errors.push(FieldError::new("q", FieldCode::TooLong));
    }
    if !errors.is_empty() {
        return Err(Error::invalid(errors));
    }
    let selection = Selection { prefix: params.q.as_deref(), after: params.after, limit };
    let (users, has_more) = super::list(&auth, &selection).await?;
    Ok(([(HAS_MORE, if has_more { "true" } else { "false" })], Json(users)))
}

/// Oneself
#[utoipa::path(
    get,
    path = "/users/me",
    tag = "users",
    operation_id = "show_me",
    responses((status = 200, description = "With the email.", body = User)),
    security(("bearer" = []))
)]
async fn show_me(State(auth): State<Auth>, current: CurrentUser) -> Result<Json<User>> {
    me(&auth, &current).await.map(Json)
}

/// Somebody
#[utoipa::path(
    get,
    path = "/users/{id}",
    tag = "users",
    operation_id = "show_user",
    params(("id" = UserId, Path, description = "The user.")),
    responses((status = 200, description = "With the email if it is oneself.", body = User)),
    security(("bearer" = []))
)]
async fn show(State(auth): State<Auth>, current: CurrentUser, Path(id): Path<UserId>) -> Result<Json<User>> {
    if id == current.id {
        return me(&auth, &current).await.map(Json);
    }
    super::by_id(&auth, id).await?.map(Json).ok_or_else(Error::not_found)
}

/// Somebody by name
///
/// Ignoring case.
#[utoipa::path(
    get,
    path = "/users/by-username/{username}",
    tag = "users",
    operation_id = "show_user_by_username",
    params(("username" = String, Path, description = "The username.")),
    responses((status = 200, body = User, description = "Without the email.")),
    security(("bearer" = []), ("internalKey" = []))
)]
async fn show_by_username(
    State(auth): State<Auth>,
    _: UserOrService,
    Path(username): Path<String>,
) -> Result<Json<User>> {
    super::by_username(&auth, &username).await?.map(Json).ok_or_else(Error::not_found)
}

/// Change one's account
///
/// Only what is given changes, and an unchanged value is no change. A changed email or a new password needs
/// `currentPassword`; a new password ends all other sessions.
#[utoipa::path(
    patch,
    path = "/users/{id}",
    tag = "users",
    operation_id = "change_user",
    params(("id" = UserId, Path, description = "Oneself.")),
    request_body = UserPatch,
    responses(
        (status = 200, description = "As it is now.", body = Account),
        (status = 403, description = "`FORBIDDEN` for somebody else, `WRONG_PASSWORD`."),
        (status = 409, description = "`USERNAME_TAKEN` or `EMAIL_TAKEN`."),
        (status = 429),
    ),
    security(("bearer" = []))
)]
async fn change(
    State(auth): State<Auth>,
    current: CurrentUser,
    Path(id): Path<UserId>,
    Body(patch): Body<UserPatch>,
) -> Result<Json<Account>> {
    only_oneself(&current, id)?;
    super::change(&auth, &current, patch).await.map(Json)
}

/// Delete one's account
///
/// Sessions end, memberships end and owned rooms hand over; messages stay under the name they were written with.
#[utoipa::path(
    delete,
    path = "/users/{id}",
    tag = "users",
    operation_id = "delete_user",
    params(("id" = UserId, Path, description = "Oneself.")),
    request_body = DeleteUser,
    responses(
        (status = 200, description = "The account is gone.", body = Done),
        (status = 403, description = "`FORBIDDEN` for somebody else, `WRONG_PASSWORD`."),
        (status = 429),
    ),
    security(("bearer" = []))
)]
async fn delete(
    State(auth): State<Auth>,
    current: CurrentUser,
    Path(id): Path<UserId>,
    Body(body): Body<DeleteUser>,
) -> Result<Json<Done>> {
    only_oneself(&current, id)?;
    super::delete(&auth, &current, &body.current_password).await?;
    Ok(Json(Done::OK))
}

async fn me(auth: &Auth, current: &CurrentUser) -> Result<User> {
    let Account { id, username, email } = super::account(auth, current.id).await?;
    Ok(User { id, username, email: Some(email) })
}

fn only_oneself(current: &CurrentUser, id: UserId) -> Result<()> {
    if id == current.id {
        return Ok(());
    }
    Err(Error::forbidden(Code::Forbidden, "An account belongs to its user alone."))
}

/// A user with an access token, or a service with the key.
struct UserOrService;

impl FromRequestParts<Auth> for UserOrService {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self> {
        if InternalCaller::from_request_parts(parts, auth).await.is_ok() {
            return Ok(Self);
        }
        CurrentUser::from_request_parts(parts, auth).await.map(|_| Self)
    }
}
