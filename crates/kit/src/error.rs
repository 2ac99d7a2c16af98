//! One error for all features, ignorant of HTTP: what went wrong in a few kinds, with the stable code that
//! clients read. `http.rs` turns it into a problem document, the socket into an `error` event.

use std::{borrow::Cow, fmt, time::Duration};

use protocol::{Code, FieldError, codes::FieldCode};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug)]
pub enum Error {
    /// The caller's doing, or a passing state of ours that the caller may wait out.
    Refused(Box<Refusal>),
    /// Ours. Logged once, in the outer layer, and never sent.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: Kind,
    pub code: Code,
    pub detail: Cow<'static, str>,
    pub errors: Vec<FieldError>,
    pub retry_after: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Invalid,
    Unauthorized,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    Conflict,
    TooLarge,
    UnsupportedMediaType,
    RateLimited,
    Unavailable,
    /// Another transaction was in the way: nothing was done, and `db::retrying` does it again.
    Contended,
}

impl Error {
    pub fn refused(kind: Kind, code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused(Box::new(Refusal {
            kind,
            code,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
        }))
    }

    /// Fields at fault; the first one speaks for all in `detail`.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = errors.first().map_or_else(|| "The request is not valid.".into(), |e| e.message.clone());
        Self::Refused(Box::new(Refusal {
            kind: Kind::Invalid,
            code: Code::Invalid,
            detail: detail.into(),
            errors,
            retry_after: None,
        }))
    }

    pub fn invalid_field(field: &str, code: FieldCode) -> Self {
        Self::invalid(vec![FieldError::new(field, code)])
    }

    pub fn unauthorized() -> Self {
        Self::refused(
            Kind::Unauthorized,
            Code::Unauthorized,
            "Log in first: the access token is missing or not valid.",
        )
    }

    pub fn forbidden(code: Code, detail: &'static str) -> Self {
        Self::refused(Kind::Forbidden, code, detail)
    }

    pub fn not_found() -> Self {
        Self::refused(Kind::NotFound, Code::NotFound, "There is no such thing here.")
    }

    pub fn conflict(code: Code, detail: &'static str) -> Self {
        Self::refused(Kind::Conflict, code, detail)
    }

    pub fn rate_limited(retry_after: Duration) -> Self {
        Self::Refused(Box::new(Refusal {
            kind: Kind::RateLimited,
            code: Code::RateLimited,
            detail: "Too many requests. Wait a moment and try again.".into(),
            errors: Vec::new(),
            retry_after: Some(retry_after),
        }))
    }

    /// A dependency is away or a queue is full: nothing was done, another try is safe.
    pub fn unavailable(detail: &'static str) -> Self {
        Self::passing(Kind::Unavailable, detail)
    }

    fn passing(kind: Kind, detail: &'static str) -> Self {
        Self::Refused(Box::new(Refusal {
            kind,
            code: Code::Unavailable,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: Some(Duration::from_secs(1)),
        }))
    }

    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }

    pub fn code(&self) -> Code {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Internal(_) => Code::Internal,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => f.write_str(&refusal.detail),
            Self::Internal(error) => write!(f, "internal: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        if crate::db::is_contention(&error) {
            tracing::debug!(%error, "another transaction was in the way");
            return Self::passing(Kind::Contended, "Too many changes at once. Try again in a moment.");
        }
        if crate::db::is_transient(&error) {
            tracing::warn!(%error, "the database does not answer");
            return Self::unavailable("The database does not answer. Try again in a moment.");
        }
        Self::internal(error)
    }
}
