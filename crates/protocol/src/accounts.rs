//! Bodies of `/auth/*` and `/users*`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

use crate::{
    Timestamp, checks,
    ids::{SessionId, UserId},
    problems::FieldError,
    validation::{Fields, Validate, filled},
};

/// How the refresh token travels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SessionMode {
    /// In bodies.
    #[default]
    Token,
    /// In an `HttpOnly` cookie only; for browsers on the same origin.
    Cookie,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signup {
    /// Letters of any script, digits, `.`, `_`, `-`; unique ignoring case.
    #[schema(min_length = 3, max_length = 32)]
    pub username: String,
    #[schema(min_length = 3, max_length = 254, format = "email")]
    pub email: String,
    /// Not guessable at once, not the username, not the email.
    #[schema(min_length = 8, max_length = 128, format = "password")]
    pub password: String,
    #[serde(default)]
    #[schema(required = false)]
    pub session: SessionMode,
}

impl Validate for Signup {
    fn validate(mut self) -> Result<Self, Vec<FieldError>> {
        self.username = nfc(&self.username);
        self.email = nfc(self.email.trim());
        Fields::default()
            .check("username", checks::username(&self.username))
            .check("email", checks::email(&self.email))
            .check("password", checks::password(&self.password))
            .finish(self)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The email or the username.
    #[schema(min_length = 1, max_length = 254)]
    pub email: String,
    #[schema(min_length = 1, max_length = 128, format = "password")]
    pub password: String,
    #[serde(default)]
    #[schema(required = false)]
    pub session: SessionMode,
}

impl Validate for Login {
    fn validate(mut self) -> Result<Self, Vec<FieldError>> {
        self.email = nfc(self.email.trim());
        Fields::default()
            .check("email", filled(&self.email, checks::EMAIL_BYTES_MAX))
            .check("password", filled(&self.password, checks::PASSWORD_BYTES_MAX))
            .finish(self)
    }
}

/// Of `/auth/refresh` and `/auth/logout`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshTokenBody {
    /// Left out where the cookie carries it.
    #[schema(required = false, min_length = 1, max_length = 4096)]
    pub refresh_token: Option<String>,
    #[serde(default)]
    #[schema(required = false)]
    pub session: SessionMode,
}

impl Validate for RefreshTokenBody {
    fn validate(self) -> Result<Self, Vec<FieldError>> {
        let verdict = self.refresh_token.as_deref().map_or(Ok(()), |t| filled(t, checks::TOKEN_BYTES_MAX));
        Fields::default().check("refreshToken", verdict).finish(self)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForgotPassword {
    #[schema(min_length = 3, max_length = 254, format = "email")]
    pub email: String,
}

impl Validate for ForgotPassword {
    fn validate(mut self) -> Result<Self, Vec<FieldError>> {
        self.email = nfc(self.email.trim());
        Fields::default().check("email", checks::email(&self.email)).finish(self)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResetPassword {
    #[schema(min_length = 1, max_length = 4096)]
    pub token: String,
    #[schema(min_length = 8, max_length = 128, format = "password")]
    pub new_password: String,
}

impl Validate for ResetPassword {
    fn validate(self) -> Result<Self, Vec<FieldError>> {
        Fields::default()
            .check("token", filled(&self.token, checks::TOKEN_BYTES_MAX))
            .check("newPassword", checks::password(&self.new_password))
            .finish(self)
    }
}

/// Only what is given changes; an unchanged value is no change.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserPatch {
    #[schema(required = false, min_length = 3, max_length = 32)]
    pub username: Option<String>,
    #[schema(required = false, min_length = 3, max_length = 254, format = "email")]
    pub email: Option<String>,
    /// Needed for a changed email and for a new password.
    #[schema(required = false, max_length = 128, format = "password")]
    pub current_password: Option<String>,
    #[schema(required = false, min_length = 8, max_length = 128, format = "password")]
    pub password: Option<String>,
}

impl Validate for UserPatch {
    fn validate(mut self) -> Result<Self, Vec<FieldError>> {
        self.username = self.username.as_deref().map(nfc);
        self.email = self.email.as_deref().map(|email| nfc(email.trim()));
        let current = self.current_password.as_deref();
        Fields::default()
            .check("username", self.username.as_deref().map_or(Ok(()), checks::username))
            .check("email", self.email.as_deref().map_or(Ok(()), checks::email))
            .check("password", self.password.as_deref().map_or(Ok(()), checks::password))
            .check("currentPassword", current.map_or(Ok(()), |p| filled(p, checks::PASSWORD_BYTES_MAX)))
            .finish(self)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeleteUser {
    #[schema(min_length = 1, max_length = 128, format = "password")]
    pub current_password: String,
}

impl Validate for DeleteUser {
    fn validate(self) -> Result<Self, Vec<FieldError>> {
        Fields::default()
            .check("currentPassword", filled(&self.current_password, checks::PASSWORD_BYTES_MAX))
            .finish(self)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Introspect {
    pub token: String,
}

impl Validate for Introspect {
    fn validate(self) -> Result<Self, Vec<FieldError>> {
        Ok(self)
    }
}

/// Oneself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    pub id: UserId,
    pub username: String,
    pub email: String,
}

/// Somebody. The email is there for oneself only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub id: UserId,
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub email: Option<String>,
}

/// The answer to signup, login and refresh.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionTokens {
    pub user: Account,
    /// The access token, a JWT.
    pub token: String,
    /// Absent where the cookie carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub refresh_token: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForgotPasswordAnswer {
    pub ok: bool,
    /// With `DEV_MODE=true` only, and only where there is such an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub reset_link: Option<String>,
}

/// The claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Claims {
    pub id: UserId,
    /// The same UUID as `id`.
    pub sub: UserId,
    pub username: String,
    /// The session, that is the refresh-token family.
    pub sid: SessionId,
    /// Seconds since 1970.
    pub iat: i64,
    /// Seconds since 1970.
    pub exp: i64,
    pub jti: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Introspection {
    pub active: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub user: Option<Account>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub payload: Option<Claims>,
}

/// Done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    pub ok: bool,
}

impl Done {
    pub const OK: Self = Self { ok: true };
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: String,
    pub version: String,
    pub time: Timestamp,
    /// What the service needs of others, by name. With one away that it can do without for a while, it is still well.
    pub dependencies: BTreeMap<String, DependencyState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DependencyState {
    Up,
    Away,
}

impl From<bool> for DependencyState {
    fn from(is_up: bool) -> Self {
        if is_up { Self::Up } else { Self::Away }
    }
}

fn nfc(text: &str) -> String {
    text.nfc().collect()
}
