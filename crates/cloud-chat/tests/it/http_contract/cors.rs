//! CORS: one other origin may read our answers.

use reqwest::Method;
use serde_json::json;

use crate::harness::Topology;

const ORIGIN: &str = "https://chat.example.org";

pub async fn the_frontend_alone_may_read_answers_from_another_origin(topology: Topology) {
    let app = topology.with("FRONTEND_URL", ORIGIN).start().await;
    let alice = app.user("alice").await;
    let list = |value: &str| {
        let mut names: Vec<_> = value.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
        names.sort();
        names
    };

    let answer = alice.get("/users/me").header("origin", ORIGIN).await.is(200);
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(
        list(answer.header("access-control-expose-headers")),
        ["retry-after", "x-has-more", "x-request-id"]
    );
    assert!(!answer.has_header("access-control-allow-credentials"), "cookies are for the same origin");
    let problem = app.get("/users/me").header("origin", ORIGIN).await.is(401);
    assert_eq!(problem.header("access-control-allow-origin"), ORIGIN, "errors can be read too");

    for path in ["/users/me", "/auth/login", "/rooms/1", "/messages/1"] {
        let preflight = app.api.call(&Method::OPTIONS, path).header("origin", ORIGIN);
        let preflight = preflight.header("access-control-request-method", "PATCH");
        let preflight =
            preflight.header("access-control-request-headers", "authorization,content-type").await;
        assert!([200, 204].contains(&preflight.status), "{path}: {}", preflight.status);
        assert_eq!(preflight.header("access-control-allow-origin"), ORIGIN);
        let methods = list(preflight.header("access-control-allow-methods"));
        assert!(
            ["get", "post", "patch", "delete"].iter().all(|method| methods.iter().any(|m| m == method)),
            "{methods:?}"
        );
        let headers = list(preflight.header("access-control-allow-headers"));
        assert!(
            ["authorization", "content-type"].iter().all(|name| headers.iter().any(|h| h == name)),
            "{headers:?}"
        );
    }
}

pub async fn no_other_origin_is_told_that_it_may_read(topology: Topology) {
    let app = topology.with("FRONTEND_URL", ORIGIN).start().await;
    let alice = app.user("alice").await;
    let others =
        ["https://evil.example", "null", "http://chat.example.org", "https://chat.example.org.evil.example"];
    for origin in others {
        let answer = alice.get("/users/me").header("origin", origin).await.is(200);
        assert_ne!(answer.header("access-control-allow-origin"), origin);
        assert_ne!(answer.header("access-control-allow-origin"), "*");
        let login = app.post("/auth/login", &json!({})).header("origin", origin).await;
        assert_ne!(login.header("access-control-allow-origin"), origin);
    }
}
