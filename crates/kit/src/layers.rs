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

use crate::{
    Error,
    traces::{Kind, REQUEST_ID, Span, Trace},
};

pub const HAS_MORE: HeaderName = HeaderName::from_static("x-has-more");

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
    let trace = Trace::of(request.headers());
    let id = trace.request_id.clone();
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let method = request.method().clone();
    // The route, never the address as sent: that may carry a token.
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "unknown".into());
    let (request_id, trace_id) = (id.to_str().unwrap_or_default(), &trace.trace_id);
    let span = tracing::info_span!("request", %method, route, request_id, trace_id);
    let begun = Instant::now();
    let mut step = if route.starts_with("/health") {
        // Asked every few seconds, and a trace of nothing.
        Span::none()
    } else {
        Span::begin(&trace, Kind::Server, || format!("{method} {route}"))
    };
    step.tell("http.request.method", || method.to_string());
    step.tell("http.route", || route.clone());
    step.tell("request.id", || request_id.to_owned());
    let mut response = trace.within(&step).scope(next.run(request)).instrument(span.clone()).await;
    step.answered(response.status());
    let status = response.status().as_u16();
    span.in_scope(|| tracing::debug!(status, ms = begun.elapsed().as_millis(), "answered"));
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Of what is no page. The last three do not fall back to `default-src`.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a response carries unless it says otherwise itself.
const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];
