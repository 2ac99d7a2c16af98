//! What AWS may say instead of an answer.

use std::fmt;

use http::StatusCode;

use super::Answer;

pub type AwsResult<T> = Result<T, AwsError>;

#[derive(Debug)]
pub enum AwsError {
    /// Nobody answered.
    Silence(String),
    /// The service refused: the kind as AWS names it, and why.
    Refused { kind: String, detail: String },
    /// We cannot even ask: no credentials, an address that is none.
    Fault(String),
}

impl AwsError {
    pub(super) fn silence(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Silence(chain(&*error.into()))
    }

    pub(super) fn fault(error: impl fmt::Display) -> Self {
        Self::Fault(error.to_string())
    }

    pub(crate) fn refused(answer: &Answer) -> Self {
        let detail = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
        Self::Refused { kind: kind(answer), detail: format!("{} {detail}", answer.status) }
    }

    /// Whether it may be otherwise in a while.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Silence(_) => true,
            Self::Refused { kind, .. } => is_throttling(kind),
            Self::Fault(_) => false,
        }
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silence(why) => write!(f, "AWS does not answer: {why}"),
            Self::Refused { detail, .. } => write!(f, "AWS refuses: {detail}"),
            Self::Fault(why) => write!(f, "AWS cannot be asked: {why}"),
        }
    }
}

impl std::error::Error for AwsError {}

impl From<AwsError> for kit::Error {
    fn from(error: AwsError) -> Self {
        if error.is_passing() {
            tracing::warn!(%error, "the connections cannot be reached");
            return Self::unavailable("The connections cannot be reached now. Try again in a moment.");
        }
        Self::internal(error)
    }
}

pub(super) fn is_passing(answer: &Answer) -> bool {
    answer.status.is_server_error()
        || answer.status == StatusCode::TOO_MANY_REQUESTS
        || (answer.status.is_client_error() && is_throttling(&kind(answer)))
}

fn is_throttling(kind: &str) -> bool {
    [
        "Throttl",
        "ThroughputExceeded",
        "LimitExceeded",
        "RequestTimeout",
        "InternalServer",
        "ServiceUnavailable",
    ]
    .iter()
    .any(|words| kind.contains(words))
}

/// `com.amazonaws.dynamodb.v20120810#ResourceNotFoundException` without its prefix.
fn kind(answer: &Answer) -> String {
    let header = answer.headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let body: Option<serde_json::Value> = serde_json::from_slice(&answer.body).ok();
    let named = body.as_ref().and_then(|body| body["__type"].as_str());
    let kind = header.or(named).unwrap_or_default();
    kind.rsplit('#').next().unwrap_or_default().split(':').next().unwrap_or_default().to_owned()
}

/// With what lies beneath: the outermost says little.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}
