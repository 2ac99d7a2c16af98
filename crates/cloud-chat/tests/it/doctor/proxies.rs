//! What proxies do to the way that people take.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::{Examination, examine};
use crate::harness::Topology;

async fn look_through(proxy: Router) -> Examination {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let serving = tokio::spawn(async move { axum::serve(listener, proxy).await });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().join("data");
    let examination = examine(&["--url", &url], &[("DATA_DIR", data_dir.to_str().expect("UTF-8"))]).await;
    serving.abort();
    examination
}

#[tokio::test]
async fn a_proxy_that_passes_no_upgrade_on_is_told_how() {
    let app = Topology::one_process().start().await;
    let upstream = Arc::new(format!("http://127.0.0.1:{}", app.port()));
    // As many proxies do unless they are told: the headers of a connection are not forwarded.
    let forward = move |request: Request| {
        let upstream = upstream.clone();
        async move {
            let answer = reqwest::get(format!("{upstream}{}", request.uri())).await.expect("the app answers");
            (answer.status(), answer.headers().clone(), answer.bytes().await.expect("a body"))
        }
    };
    let examination = look_through(Router::new().fallback(forward)).await;
    examination.is_ok("web address");
    examination.complains("problem", "WebSocket", &["400", "Upgrade", "proxy_http_version 1.1"]);
}

#[tokio::test]
async fn what_leads_elsewhere_or_nowhere_is_told_apart() {
    let page = || async { Html("<title>Welcome</title>") };
    let examination = look_through(Router::new().fallback(page)).await;
    examination.complains("problem", "web address", &["200 OK", "not as Cloud Chat", "forward every path"]);
    examination.complains("problem", "WebSocket", &["no WebSocket is there", "/ws"]);

    let bad_gateway = || async { StatusCode::BAD_GATEWAY };
    let examination = look_through(Router::new().fallback(bad_gateway)).await;
    examination.complains("problem", "web address", &["502", "does not reach Cloud Chat"]);
    examination.complains("problem", "WebSocket", &["502"]);

    let redirect = || async { Redirect::permanent("https://chat.example.org/health") };
    let examination = look_through(Router::new().fallback(redirect)).await;
    examination.complains("problem", "web address", &["leads to https://chat.example.org"]);

    let unwell = || async { (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"code": "UNAVAILABLE"}))) };
    let examination = look_through(Router::new().fallback(unwell)).await;
    examination.complains("problem", "web address", &["503", "Its log"]);
}

#[tokio::test]
async fn a_clock_that_differs_from_that_of_the_public_address_is_told_with_how_much() {
    let health = || async {
        let hour_ago = SystemTime::now() - Duration::from_secs(3600);
        ([(header::DATE, httpdate::fmt_http_date(hour_ago))], Json(json!({"status": "ok"})))
    };
    // A gateway refuses before it upgrades.
    let sockets = || async { (StatusCode::UNAUTHORIZED, HeaderMap::new(), Bytes::new()).into_response() };
    let examination =
        look_through(Router::new().route("/health", get(health)).route("/ws", get(sockets))).await;
    examination.is_ok("web address");
    examination.is_ok("WebSocket");
    examination.complains("problem", "clock", &["s ahead of http://127.0.0.1", "timedatectl"]);
}
