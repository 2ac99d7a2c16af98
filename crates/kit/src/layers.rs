//! What wraps every response: a request id, security headers, one log line where something went wrong, CORS.

use std::time::{Duration, Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, cors::CorsLayer};
use tracing::Instrument;
use uuid::Uuid;

use crate::Error;

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub const HAS_MORE: HeaderName = HeaderName::from_static("x-has-more");

tokio::task_local! {
    static TRACE: Trace;
}

/// What ties the log lines and traces of several services to one request.
#[derive(Debug, Clone)]
pub struct Trace {
    pub request_id: HeaderValue,
    /// W3C Trace Context, as the caller sent it.
    pub traceparent: Option<HeaderValue>,
}

impl Trace {
    /// Of the request that is being answered; a new one where this is none's doing.
    pub fn current() -> Self {
        TRACE
            .try_with(Self::clone)
            .unwrap_or_else(|_| Self { request_id: new_request_id(), traceparent: None })
    }
}

/// Wraps a finished router. `frontend_url` is the one origin that may read answers from elsewhere; empty: none.
pub fn wrap(router: Router, frontend_url: &str) -> Router {
    let router = router
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            Error::internal(format!("panic: {}", text.unwrap_or_default())).into_response()
        }))
        .layer(cors(frontend_url));
    router.layer(middleware::from_fn(observe))
}

fn cors(frontend_url: &str) -> CorsLayer {
    let layer = CorsLayer::new()
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .expose_headers([HAS_MORE, REQUEST_ID, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3600));
    match HeaderValue::from_str(frontend_url) {
        Ok(origin) if !origin.is_empty() => layer.allow_origin(origin),
        _ => layer,
    }
}

async fn observe(mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = request.method().clone();
    // The route, never the address as sent: that may carry a token.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "unknown".into());
    let request_id = id.to_str().unwrap_or_default();
    let span = tracing::info_span!("request", %method, route, request_id);
    let begun = Instant::now();
    let trace = Trace { request_id: id.clone(), traceparent: traceparent(&request) };
    let mut response = TRACE.scope(trace, next.run(request)).instrument(span.clone()).await;
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, ms = begun.elapsed().as_millis(), "answered"));
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// What a response carries unless it says otherwise itself.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The caller's id where it is a plain one, so that services can pass it on; else a new one.
fn request_id(request: &Request) -> HeaderValue {
    let given = request.headers().get(REQUEST_ID).filter(|value| {
        (1..=64).contains(&value.len())
            && value.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    });
    given.cloned().unwrap_or_else(new_request_id)
}

fn new_request_id() -> HeaderValue {
    HeaderValue::from_str(&Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("none"))
}

/// `00-<32 hex>-<16 hex>-<2 hex>`; anything else is not passed on.
fn traceparent(request: &Request) -> Option<HeaderValue> {
    let value = request.headers().get(TRACEPARENT)?;
    let is_plain = value.as_bytes().iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    (is_plain && value.len() == 55).then(|| value.clone())
}
