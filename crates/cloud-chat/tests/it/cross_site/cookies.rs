//! The cookie carries a session on and does nothing else.

use reqwest::Method;
use serde_json::json;

use crate::harness::{App, Refusal, Socket, Topology};

const OURS: &str = "https://chat.example.org";
const ANOTHER: &str = "https://evil.example";

/// As a browser sends it back.
async fn cookie(app: &App) -> String {
    let alice = app.user("alice").await;
    let body = json!({"email": alice.email, "password": alice.password, "session": "cookie"});
    let login = app.post("/auth/login", &body).header("origin", OURS).await.is(200);
    login.header("set-cookie").split(';').next().expect("a cookie").to_owned()
}

pub async fn a_cookie_opens_nothing_but_the_next_session(topology: Topology) {
    let app = topology.with("FRONTEND_URL", OURS).start().await;
    let cookie = cookie(&app).await;
    let paths = ["/users", "/users/me", "/rooms/general", "/rooms/my-rooms", "/messages/1", "/rooms/1"];
    for path in paths {
        app.get(path).header("cookie", &cookie).header("origin", OURS).await.problem(401, "UNAUTHORIZED");
    }
    for (method, path) in [
        (Method::POST, "/rooms/create"),
        (Method::POST, "/messages/1"),
        (Method::PATCH, "/rooms/1"),
        (Method::DELETE, "/rooms/1"),
        (Method::POST, "/auth/introspect"),
    ] {
        let call = app.api.call(&method, path).json(&json!({"name": "x", "content": "x", "token": "x"}));
        call.header("cookie", &cookie).header("origin", OURS).await.problem(401, "UNAUTHORIZED");
    }
    // The premise: it is a good one.
    let refresh = app.post("/auth/refresh", &json!({"session": "cookie"})).header("cookie", &cookie);
    refresh.header("origin", OURS).await.is(200);
}

/// So no page can have a browser open one for it: it would have to know the token.
pub async fn a_socket_takes_no_cookie_from_whatever_page(topology: Topology) {
    let app = topology.with("FRONTEND_URL", OURS).start().await;
    let cookie = cookie(&app).await;
    let token = cookie.split_once('=').expect("a pair").1.to_owned();
    for origin in [OURS, ANOTHER, "null"] {
        let headers = [("cookie", cookie.as_str()), ("origin", origin)];
        for query in ["", "?roomId=1", &format!("?token={token}")] {
            let dialled = Socket::dial_with(&app.api, query, &headers).await.expect("upgraded, to be told why");
            let closed = dialled.greeting().await.err().unwrap_or_else(|| panic!("let in from {origin}"));
            assert_eq!(closed.code, 1008, "{closed:?}");
        }
    }
    Socket::refused(&app.api, &format!("?token={token}"), Refusal::Token).await;
}
