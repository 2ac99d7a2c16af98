//! HTTP requests by route and status, with how long they took.

use std::{fmt, sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::{self, Next},
    response::Response,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, LabelSetEncoder},
    metrics::{family::Family, histogram::Histogram},
    registry::Registry,
};

use super::SECONDS;

type Requests = Arc<Family<Labels, Histogram, fn() -> Histogram>>;

/// As few values as there are routes: never an address as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Labels {
    method: &'static str,
    route: String,
    status: u16,
}

impl EncodeLabelSet for Labels {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        [("method", self.method), ("route", &self.route)].encode(encoder)?;
        [("status", u32::from(self.status))].encode(encoder)
    }
}

/// Measures every request to a finished router.
pub fn measure(router: Router, registry: &mut Registry) -> Router {
    let requests = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
    let help = "HTTP requests, from their head until their answer's head";
    registry.register("http_request_duration_seconds", help, requests.clone());
    router.layer(middleware::from_fn_with_state(Arc::new(requests), observe))
}

async fn observe(State(requests): State<Requests>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = name(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let route = route.unwrap_or_else(|| "other".to_owned());
    let labels = Labels { method, route, status: response.status().as_u16() };
    requests.get_or_create(&labels).observe(begun.elapsed().as_secs_f64());
    response
}

/// Clients may make up methods.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
