//! The way that people take: the public address, its proxy and what it does to a WebSocket.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use protocol::Timestamp;

use super::{
    clock, explain,
    report::{Finding, Report, ok, problem},
    websocket,
};

const TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 64 * 1024;

pub type Web = Client<HttpsConnector<HttpConnector>, Empty<Bytes>>;

pub async fn check(report: &mut Report, url: &str) -> Result<(), String> {
    let web = client();
    let health = format!("{url}/health");
    let response = match ask(&web, request(&health).body(Empty::new())).await {
        Ok(response) => response,
        Err(error) => return report.add("web address", problem(format!("{health}: {error}"))),
    };
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, ANSWER_BYTES_MAX).collect();
    let body = tokio::time::timeout(TIMEOUT, body).await.ok().and_then(Result::ok);
    let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    report.add("web address", judge(&health, parts.status, &parts.headers, &body))?;
    if let Some(time) = date(&parts.headers) {
        report.add("clock", clock::judge(time, url))?;
    }
    report.add("WebSocket", websocket::check(&web, url).await)
}

/// Trusts whom this machine trusts, as browsers on it do; where it has no list of authorities, the public ones.
fn client() -> Web {
    let mut http = HttpConnector::new();
    http.set_connect_timeout(Some(TIMEOUT));
    http.enforce_http(false);
    let builder = HttpsConnectorBuilder::new();
    let builder = match builder.with_native_roots() {
        Ok(builder) => builder,
        Err(_) => HttpsConnectorBuilder::new().with_webpki_roots(),
    };
    let connector = builder.https_or_http().enable_http1().wrap_connector(http);
    Client::builder(TokioExecutor::new()).build(connector)
}

pub fn request(address: &str) -> axum::http::request::Builder {
    Request::get(address).header(header::USER_AGENT, concat!("cloud-chat-doctor/", env!("CARGO_PKG_VERSION")))
}

/// The error is for people.
pub async fn ask(
    web: &Web,
    request: Result<Request<Empty<Bytes>>, axum::http::Error>,
) -> Result<Response<Incoming>, String> {
    let request = request.map_err(|error| error.to_string())?;
    let answer = tokio::time::timeout(TIMEOUT, web.request(request)).await;
    let answer = answer.map_err(|_| format!("no answer within {} s. {REACH}", TIMEOUT.as_secs()))?;
    answer.map_err(|error| {
        let why = explain(&error);
        let remedy = if why.contains("certificate") { CERTIFICATE } else { REACH };
        format!("{why}. {remedy}")
    })
}

const REACH: &str = "Does the name lead to the proxy, does the proxy run, and is its port open?";
const CERTIFICATE: &str = "Give the proxy a valid certificate for this name, with all that it is signed by.";

fn judge(address: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Finding {
    if status.is_redirection() {
        let to = headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or("elsewhere");
        return problem(format!("{address} leads to {to}. Give the address that people end up at."));
    }
    let health: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let says = |name: &str| health.as_ref().and_then(|health| health[name].as_str());
    if status.is_success() && says("status") == Some("ok") {
        return ok(match says("version") {
            Some(version) => format!("{address} answers: Cloud Chat {version}"),
            None => format!("{address} answers"),
        });
    }
    if says("code") == Some("UNAVAILABLE") {
        return problem(format!(
            "{address} answers {status}: the server lacks something. Its log says what."
        ));
    }
    if status.is_server_error() {
        return problem(format!(
            "{address} answers {status}: the proxy does not reach Cloud Chat. Is it running where the proxy looks?"
        ));
    }
    problem(format!(
        "{address} answers {status}, and not as Cloud Chat does. Let the proxy forward every path to it."
    ))
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let date = httpdate::parse_http_date(headers.get(header::DATE)?.to_str().ok()?).ok()?;
    let since = date.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp(i64::try_from(since.as_millis()).ok()?))
}
