//! What services are told of who asks: one address, and only what is known of it.

use serde_json::json;

use super::upstream::{Manner, Upstream};
use crate::harness::{Frontend, Topology};

/// Everything by which somebody might claim to be another.
const CLAIMS: [(&str, &str); 5] = [
    ("x-forwarded-for", "203.0.113.9, 198.51.100.7"),
    ("x-forwarded-proto", "https"),
    ("forwarded", "for=203.0.113.9;proto=https"),
    ("x-internal-api-key", "guessed"),
    ("x-request-id", "mine-1"),
];

async fn told(trusted: &str) -> String {
    let upstream = Upstream::start(Manner::Answers).await;
    let nodes = upstream.address().to_string();
    let frontend = Frontend::start(&[("AUTH_NODES", nodes), ("TRUSTED_PROXIES", trusted.to_owned())]).await;
    let call =
        CLAIMS.iter().fold(frontend.api.get("/users/me"), |call, (name, value)| call.header(name, value));
    let answer = call.await.is(200);
    assert_eq!(answer.header("x-request-id"), "mine-1");
    upstream.request().await
}

fn values<'a>(request: &'a str, name: &str) -> Vec<&'a str> {
    let lines = request.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(header, _)| *header == name).map(|(_, value)| value).collect()
}

#[tokio::test]
async fn a_strangers_claims_are_not_passed_on() {
    let request = told("").await;
    assert_eq!(values(&request, "x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(values(&request, "x-forwarded-proto"), ["http"]);
    for gone in ["forwarded", "x-internal-api-key"] {
        assert_eq!(values(&request, gone), Vec::<&str>::new(), "{gone}");
    }
    assert_eq!(values(&request, "x-request-id"), ["mine-1"]);
}

#[tokio::test]
async fn a_proxy_in_front_is_believed_as_far_as_it_is_trusted() {
    let request = told("10.0.0.0/8,127.0.0.1").await;
    // Who the proxy saw; what that one claimed is not.
    assert_eq!(values(&request, "x-forwarded-for"), ["198.51.100.7"]);
    assert_eq!(values(&request, "x-forwarded-proto"), ["https"]);

    let request = told("127.0.0.0/8,198.51.100.0/24").await;
    assert_eq!(values(&request, "x-forwarded-for"), ["203.0.113.9"]);

    let request = told("10.0.0.0/8").await;
    assert_eq!(values(&request, "x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(values(&request, "x-forwarded-proto"), ["http"]);
}

/// The services believe nginx, and nginx nobody.
#[tokio::test]
async fn claiming_to_be_many_outruns_no_limit() {
    let app = Topology::services().with("RATE_LIMITS", "on").with("TRUSTED_PROXIES", "127.0.0.1");
    let app = app.start().await;
    let frontend = Frontend::of(&app).await;
    let try_as = async |n: usize| {
        let body = json!({"token": format!("{n}"), "newPassword": "long walks and talks"});
        let call = frontend.api.post("/auth/reset-password", &body);
        let call = call.header("x-forwarded-for", &format!("203.0.113.{n}"));
        let call = call.header("forwarded", &format!("for=203.0.113.{n}"));
        call.header("x-real-ip", &format!("203.0.113.{n}")).header("cf-connecting-ip", "203.0.113.9").await
    };
    for n in 0..20 {
        try_as(n).await.problem(400, "BAD_RESET_TOKEN");
    }
    try_as(20).await.problem(429, "RATE_LIMITED");
}

#[tokio::test]
async fn a_request_id_that_is_not_plain_is_replaced() {
    let upstream = Upstream::start(Manner::Answers).await;
    let frontend = Frontend::start(&[("AUTH_NODES", upstream.address().to_string())]).await;
    for given in ["", "with spaces", "\"quoted\"", &"x".repeat(65)] {
        let answer = frontend.api.get("/users/me").header("x-request-id", given).await.is(200);
        let id = answer.header("x-request-id").to_owned();
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{given}: {id}");
        assert_eq!(values(&upstream.request().await, "x-request-id"), [id.as_str()]);
        frontend.log_with(&[&id]).await;
    }
}

#[tokio::test]
async fn only_a_websocket_is_upgraded() {
    let upstream = Upstream::start(Manner::Answers).await;
    let frontend = Frontend::start(&[("WS_NODES", upstream.address().to_string())]).await;
    for (upgrade, passed) in [("WebSocket", vec!["websocket"]), ("h2c", vec![])] {
        let call = frontend.api.get("/ws").header("connection", "upgrade").header("upgrade", upgrade);
        call.await.is(200);
        assert_eq!(values(&upstream.request().await, "upgrade"), passed);
    }
}
