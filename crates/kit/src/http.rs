//! Errors as HTTP: `application/problem+json` (RFC 9457), the one place that knows both.

use std::time::Duration;

use axum::{
    Extension, Json,
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
                respond(StatusCode::INTERNAL_SERVER_ERROR, internal_problem())
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

impl Error {
    /// As another service is told it; what is internal stays here and is logged.
    pub fn to_problem(&self) -> (Problem, Option<Duration>) {
        match self {
            Self::Refused(refusal) => {
                let problem =
                    problem_of(status(refusal.kind), refusal.code, &refusal.detail, refusal.errors.clone());
                (problem, refusal.retry_after)
            }
            Self::Internal(error) => {
                tracing::error!(error, "request failed");
                (internal_problem(), None)
            }
        }
    }

    /// What another service told.
    pub fn from_problem(problem: Problem, retry_after: Option<Duration>) -> Self {
        let Problem { status, code, detail, errors, .. } = problem;
        match kind(status) {
            Some(kind) => {
                let detail = detail.into();
                Self::Refused(Box::new(Refusal { kind, code, detail, errors, retry_after }))
            }
            None => Self::internal(format!("another service answered {status}: {detail}")),
        }
    }
}

fn status(kind: Kind) -> StatusCode {
    match kind {
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
    }
}

fn kind(status: u16) -> Option<Kind> {
    Some(match status {
        400 => Kind::Invalid,
        401 => Kind::Unauthorized,
        403 => Kind::Forbidden,
        404 => Kind::NotFound,
        405 => Kind::MethodNotAllowed,
        409 => Kind::Conflict,
        413 => Kind::TooLarge,
        415 => Kind::UnsupportedMediaType,
        429 => Kind::RateLimited,
        503 => Kind::Unavailable,
        _ => return None,
    })
}

fn refused(refusal: Refusal) -> Response {
    let status = status(refusal.kind);
    let mut response = respond(status, problem_of(status, refusal.code, &refusal.detail, refusal.errors));
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

fn internal_problem() -> Problem {
    let detail = "Something went wrong on our side.";
    problem_of(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, detail, Vec::new())
}

fn problem_of(status: StatusCode, code: Code, detail: &str, errors: Vec<protocol::FieldError>) -> Problem {
    Problem {
        kind: "about:blank".into(),
        title: status.canonical_reason().unwrap_or_default().into(),
        status: status.as_u16(),
        code,
        detail: detail.into(),
        message: detail.into(),
        errors,
    }
}

fn respond(status: StatusCode, problem: Problem) -> Response {
    let content_type =
        [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
    // For whoever counts.
    let code = Extension(problem.code);
    (status, content_type, code, Json(problem)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_way_to_another_service() {
        for error in [
            Error::not_found(),
            Error::unauthorized(),
            Error::conflict(Code::Conflict, "used"),
            Error::rate_limited(Duration::from_millis(1234)),
            Error::unavailable("away"),
            Error::invalid_field("name", protocol::codes::FieldCode::TooLong),
            Error::forbidden(Code::OwnerOnly, "not yours"),
        ] {
            let (problem, retry_after) = error.to_problem();
            let back = Error::from_problem(problem, retry_after);
            match (error, back) {
                (Error::Refused(sent), Error::Refused(received)) => assert_eq!(sent, received),
                (sent, received) => panic!("{sent:?} became {received:?}"),
            }
        }
        let (problem, _) = Error::internal("a secret").to_problem();
        assert!(!problem.detail.contains("secret"));
        assert!(matches!(Error::from_problem(problem, None), Error::Internal(_)));
    }
}
