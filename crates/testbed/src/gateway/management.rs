//! `@connections`: the management API.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};

use super::connections::Fault;

const PAYLOAD_MAX: usize = 128 * 1024;
const SCOPE: &str = "/execute-api/aws4_request";

pub async fn handle(
    State(state): State<super::State>,
    Path(id): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signed = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !signed.starts_with("AWS4-HMAC-SHA256 ") || !signed.contains(SCOPE) {
        return refuse(StatusCode::FORBIDDEN, "ForbiddenException");
    }
    match state.connections.fault(&id) {
        Some(Fault::Throttled(_)) => return refuse(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException"),
        Some(Fault::Broken(status)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            return refuse(status, "BrokenByTheTestException");
        }
        Some(Fault::Slow(pause)) => tokio::time::sleep(pause).await,
        None => {}
    }
    if body.len() > PAYLOAD_MAX {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException");
    }
    let (is_there, done) = match method {
        Method::POST => {
            let text = String::from_utf8(body.to_vec()).expect("Cloud Chat posts text");
            (state.connections.post(&id, text), StatusCode::OK)
        }
        Method::DELETE => (state.connections.close(&id), StatusCode::NO_CONTENT),
        _ => (state.connections.has(&id), StatusCode::OK),
    };
    if is_there { done.into_response() } else { refuse(StatusCode::GONE, "GoneException") }
}

fn refuse(status: StatusCode, kind: &'static str) -> Response {
    (status, [("x-amzn-errortype", kind)], "{}").into_response()
}
