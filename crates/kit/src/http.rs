//! Errors as HTTP: `application/problem+json` (RFC 9457), the one place that knows both.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{Code, Problem};

use crate::error::{Error, Kind, Refusal};

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refused(*refusal),
            Self::Internal(error) => {
                tracing::error!(error, "request failed");
                problem(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Code::Internal,
                    "Something went wrong on our side.",
                    Vec::new(),
                )
            }
        }
    }
}

/// Unknown routes.
pub async fn not_found() -> Error {
    Error::not_found()
}

/// Known routes, other methods; axum adds `Allow`.
pub async fn method_not_allowed() -> Error {
    Error::refused(Kind::MethodNotAllowed, Code::MethodNotAllowed, "This path does not take that method.")
}

fn refused(refusal: Refusal) -> Response {
    let status = match refusal.kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unauthorized => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable | Kind::Contended => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = problem(status, refusal.code, &refusal.detail, refusal.errors);
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(after) = refusal.retry_after {
        // Whole seconds, rounded up: a client that waits them is never early.
        let secs = after.as_millis().div_ceil(1000).max(1);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(u64::try_from(secs).unwrap_or(1)));
    }
    response
}

fn problem(status: StatusCode, code: Code, detail: &str, errors: Vec<protocol::FieldError>) -> Response {
    let problem = Problem {
        kind: "about:blank".into(),
        title: status.canonical_reason().unwrap_or_default().into(),
        status: status.as_u16(),
        code,
        detail: detail.into(),
        message: detail.into(),
        errors,
    };
    let content_type =
        [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
    (status, content_type, Json(problem)).into_response()
}
