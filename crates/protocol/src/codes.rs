//! Stable error codes: what clients translate and decide by. Adding one is fine, changing one is not.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// A field or parameter is at fault; `errors` says which.
    Invalid,
    /// The body is not JSON.
    BadJson,
    /// No token, or not one of ours, or expired.
    Unauthorized,
    /// The session of this token has ended.
    SessionRevoked,
    /// Wrong email, username or password.
    BadCredentials,
    /// The current password is missing or wrong.
    WrongPassword,
    /// The refresh token is unknown, used up, expired or revoked.
    BadRefreshToken,
    /// The reset token is unknown, used up or expired.
    BadResetToken,
    /// The request came from a page of another origin.
    BadOrigin,
    /// Not allowed to this user.
    Forbidden,
    /// New accounts are not accepted here.
    SignupsClosed,
    /// The account was disabled by an operator.
    AccountDisabled,
    /// Only the room's owner may do this.
    OwnerOnly,
    /// The general room cannot be left, renamed or deleted, nor its members managed.
    GeneralRoom,
    NotFound,
    MethodNotAllowed,
    UsernameTaken,
    EmailTaken,
    /// The `clientMessageId` was used in another room.
    Conflict,
    TooLarge,
    UnsupportedMediaType,
    RateLimited,
    /// A dependency is away or a queue is full; try again after `Retry-After`.
    Unavailable,
    Internal,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldCode {
    Required,
    WrongType,
    TooShort,
    TooLong,
    BadFormat,
    /// A password that is guessed at once.
    TooWeak,
    /// A name that the product keeps for itself.
    Reserved,
    /// Somebody else has it.
    Taken,
    /// Not the one that is stored.
    Wrong,
    /// A number outside its limits.
    OutOfRange,
}
