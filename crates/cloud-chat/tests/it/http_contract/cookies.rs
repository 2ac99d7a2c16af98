//! Refresh tokens in a cookie, for browsers on the same origin.

use serde_json::json;

use crate::harness::{Answer, App, Topology};

const ORIGIN: &str = "http://localhost:5173";

async fn log_in(app: &App, forwarded_proto: Option<&str>) -> Answer {
    let body = json!({"email": "alice", "password": "alice likes long walks 7", "session": "cookie"});
    let call = app.post("/auth/login", &body).header("origin", ORIGIN);
    match forwarded_proto {
        Some(proto) => call.header("x-forwarded-proto", proto).header("x-forwarded-for", "203.0.113.9").await,
        None => call.await,
    }
}

/// The pair to send back, and the attributes.
fn cookie(answer: &Answer) -> (String, Vec<String>) {
    let set = answer.header("set-cookie");
    let mut parts = set.split(';').map(|part| part.trim().to_owned());
    (parts.next().expect("a cookie"), parts.map(|part| part.to_ascii_lowercase()).collect())
}

pub async fn the_refresh_token_travels_in_a_cookie_only(topology: Topology) {
    let app = topology.with("FRONTEND_URL", ORIGIN).start().await;
    app.user("alice").await;

    let login = log_in(&app, None).await.is(200);
    assert_eq!(login.json().get("refreshToken"), None);
    let (pair, attributes) = cookie(&login);
    for attribute in ["httponly", "samesite=strict", "path=/auth"] {
        assert!(attributes.iter().any(|found| found == attribute), "{attribute} is not in {attributes:?}");
    }
    assert!(!attributes.iter().any(|found| found == "secure"), "over http: {attributes:?}");
    let two_weeks = attributes.iter().find_map(|found| found.strip_prefix("max-age=")).expect("max-age");
    assert_eq!(two_weeks, "1209600");

    let refresh = |pair: &str| {
        let call = app.post("/auth/refresh", &json!({"session": "cookie"}));
        call.header("origin", ORIGIN).header("cookie", pair)
    };
    let refreshed = refresh(&pair).await.is(200);
    assert_eq!(refreshed.json().get("refreshToken"), None);
    let (second, _) = cookie(&refreshed);
    assert_ne!(second, pair);

    let out =
        app.post("/auth/logout", &json!({})).header("origin", ORIGIN).header("cookie", &second).await.is(200);
    let (cleared, attributes) = cookie(&out);
    assert!(cleared.ends_with('='), "{cleared}");
    assert!(attributes.iter().any(|found| found == "max-age=0"), "{attributes:?}");
    refresh(&second).await.problem(401, "BAD_REFRESH_TOKEN");
}

pub async fn a_cookie_counts_from_our_own_pages_only(topology: Topology) {
    let app = topology.with("FRONTEND_URL", ORIGIN).start().await;
    app.user("alice").await;
    let (pair, _) = cookie(&log_in(&app, None).await.is(200));

    for path in ["/auth/refresh", "/auth/logout"] {
        for origin in ["https://evil.example", "null", "http://localhost:5173.evil.example"] {
            let call = app.post(path, &json!({"session": "cookie"})).header("origin", origin);
            call.header("cookie", &pair).await.problem(403, "BAD_ORIGIN");
        }
        let form =
            app.api.call(&reqwest::Method::POST, path).header("origin", ORIGIN).header("cookie", &pair);
        form.header("content-type", "application/x-www-form-urlencoded")
            .await
            .problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let own = app.post("/auth/refresh", &json!({"session": "cookie"})).header("cookie", &pair);
    own.header("origin", ORIGIN).await.is(200);
}

pub async fn the_cookie_is_secure_when_a_trusted_proxy_says_https(topology: Topology) {
    let secure = |answer: Answer| cookie(&answer.is(200)).1.iter().any(|attribute| attribute == "secure");

    let untrusting = topology.clone().with("FRONTEND_URL", ORIGIN).start().await;
    untrusting.user("alice").await;
    assert!(!secure(log_in(&untrusting, Some("https")).await), "nobody was trusted");

    let behind_proxy =
        topology.with("FRONTEND_URL", ORIGIN).with("TRUSTED_PROXIES", "127.0.0.0/8");
    let behind_proxy = behind_proxy.start().await;
    behind_proxy.user("alice").await;
    assert!(secure(log_in(&behind_proxy, Some("https")).await));
    assert!(!secure(log_in(&behind_proxy, Some("http")).await));
}
