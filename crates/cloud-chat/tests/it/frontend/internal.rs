//! What is between services is nothing to anybody else, in whatever spelling.

use serde_json::json;
use testbed::{free_port, gateway::HttpApi};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{Api, Frontend, INTERNAL_API_KEY, PATIENCE, Topology, within};

/// Of what nobody may reach.
pub const SPELLINGS: [&str; 22] = [
    "/internal",
    "/internal/",
    "/internal/sessions/revoked",
    "//internal/sessions/revoked",
    "/internal//sessions/revoked",
    "/./internal/sessions/revoked",
    "/rooms/../internal/sessions/revoked",
    "/rooms/%2e%2e/internal/sessions/revoked",
    "/rooms/..%2finternal/sessions/revoked",
    "/%69nternal/sessions/revoked",
    "/%2finternal/sessions/revoked",
    "/INTERNAL/sessions/revoked",
    "/Internal/sessions/revoked?x=/rooms/",
    "/internal/sessions/revoked#/../../../rooms/general",
    "http://localhost/internal/sessions/revoked",
    "/auth/introspect",
    "/auth/introspect/",
    "/auth//introspect",
    "/auth/./introspect?x",
    "/auth/x/../introspect",
    "/auth/%69ntrospect",
    "/Auth/Introspect",
];

#[tokio::test]
async fn internal_paths_are_not_found_in_any_spelling() {
    let mut app = Topology::services().start().await;
    let (auth, chat) = (app.server("auth").port(), app.server("chat").port());
    // They are there, and the second reads what it is told.
    for (port, path, status) in [(auth, "/auth/introspect", 200), (chat, "/internal/sessions/revoked", 400)] {
        let ask = Api::one(port).post(path, &json!({"token": "x"}));
        ask.header("x-internal-api-key", INTERNAL_API_KEY).await.is(status);
    }

    let own_ports = [free_port(), free_port()];
    let frontend = Frontend::start(&[
        ("AUTH_NODES", format!("127.0.0.1:{auth}")),
        ("CHAT_NODES", format!("127.0.0.1:{chat}")),
        ("AUTH_PORT", own_ports[0].to_string()),
        ("CHAT_PORT", own_ports[1].to_string()),
    ])
    .await;
    for port in [frontend.port(), own_ports[0], own_ports[1]] {
        for method in ["GET", "POST"] {
            for target in SPELLINGS {
                let answer = ask(port, method, target).await;
                let what = format!("{method} {target} at {port}: {answer}");
                assert!(answer.starts_with("HTTP/1.1 404 "), "{what}");
                assert!(answer.contains("application/problem+json"), "{what}");
                assert!(answer.contains("\"code\":\"NOT_FOUND\""), "{what}");
            }
        }
    }
}

/// API Gateway on AWS, which has no other routes than those that `infra/` lists.
#[tokio::test]
async fn listed_routes_lead_to_nothing_internal() {
    let mut app = Topology::services().start().await;
    let alice = app.user("alice").await;
    let [auth, chat] = ["auth", "chat"].map(|role| format!("http://127.0.0.1:{}", app.server(role).port()));
    let api = HttpApi::start(&auth, &chat, "http://localhost:5000").await;
    let port = api.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    for method in ["GET", "POST"] {
        for target in SPELLINGS {
            let answer = ask(port, method, target).await;
            let is_refused =
                ["404", "405", "400"].iter().any(|status| answer.starts_with(&format!("HTTP/1.1 {status} ")));
            assert!(is_refused, "{method} {target}: {answer}");
            assert!(!answer.contains("\"active\"") && !answer.contains("\"errors\""), "{target}: {answer}");
        }
    }
    // The premise: it leads somewhere.
    Api::one(port).get("/users/me").bearer(&alice.token).await.is(200);
}

#[tokio::test]
async fn the_key_between_services_opens_nothing_from_outside() {
    let app = Topology::services().start().await;
    let alice = app.user("alice").await;
    let frontend = Frontend::of(&app).await;
    let path = "/users/by-username/alice";
    let with_key = |api: &Api| api.get(path).header("X-Internal-Api-Key", INTERNAL_API_KEY);
    with_key(&app.api).await.is(200);

    with_key(&frontend.api).await.problem(401, "UNAUTHORIZED");
    frontend.api.get(path).bearer(&alice.token).await.is(200);
}

/// As it is written here: clients would tidy it up.
async fn ask(port: u16, method: &str, target: &str) -> String {
    let body = "{\"token\":\"x\"}";
    let request = format!(
        "{method} {target} HTTP/1.1\r\nhost: localhost\r\nx-internal-api-key: {INTERNAL_API_KEY}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut answer = Vec::new();
    let asked = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("nginx listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        stream.read_to_end(&mut answer).await.expect("it answers");
    };
    within(PATIENCE, target, asked).await;
    String::from_utf8_lossy(&answer).into_owned()
}
