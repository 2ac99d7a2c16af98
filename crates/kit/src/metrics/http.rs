//! HTTP requests by route and class of status, with how long they took, and refusals by their code.

use std::{fmt, sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::Response,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, LabelSetEncoder},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};
use protocol::Code;

use super::{ByCode, SECONDS, counters};

type Durations = Family<Labels, Histogram, fn() -> Histogram>;

struct Requests {
    durations: Durations,
    refusals: Family<ByCode<Code>, Counter>,
}

/// As few values as there are routes: never an address as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Labels {
    method: &'static str,
    route: String,
    /// `2xx`, as many as a route may have.
    status: &'static str,
}

impl EncodeLabelSet for Labels {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        [("method", self.method), ("route", self.route.as_str()), ("status", self.status)].encode(encoder)
    }
}

/// Measures every request to a finished router.
pub fn measure(router: Router, registry: &mut Registry) -> Router {
    let durations = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
    let help = "HTTP requests, from their head until their answer's head";
    registry.register("http_request_duration_seconds", help, durations.clone());
    let refusals = counters([Code::Internal, Code::Unavailable].map(ByCode));
    let help = "HTTP requests that were refused or failed, by the code of the answer";
    registry.register("refusals", help, refusals.clone());
    let requests = Requests { durations, refusals };
    router.layer(middleware::from_fn_with_state(Arc::new(requests), observe))
}

async fn observe(State(requests): State<Arc<Requests>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = name(request.method());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(request).await;
    let route = route.unwrap_or_else(|| "other".to_owned());
    let labels = Labels { method, route, status: class(response.status()) };
    requests.durations.get_or_create(&labels).observe(begun.elapsed().as_secs_f64());
    if let Some(code) = response.extensions().get::<Code>() {
        requests.refusals.get_or_create(&ByCode(*code)).inc();
    }
    response
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
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
