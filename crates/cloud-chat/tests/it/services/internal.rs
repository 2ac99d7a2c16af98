//! The ways between services: only with the key, and each request with the id that it began with.

use serde_json::json;

use crate::harness::{Api, INTERNAL_API_KEY, Topology, eventually};

const OF_CHAT: [&str; 7] = [
    "/internal/rooms/open",
    "/internal/rooms/of-users",
    "/internal/rooms/members",
    "/internal/rooms/positions",
    "/internal/messages/send",
    "/internal/messages/after",
    "/internal/sessions/revoked",
];
const OF_AUTH: [&str; 3] = ["/internal/accounts/changes", "/internal/sessions/revoked", "/auth/introspect"];

#[tokio::test]
async fn nobody_gets_in_without_the_key() {
    let mut app =
        Topology::services().with("INTERNAL_API_KEY_PREVIOUS", "the-key-before-this-one").start().await;
    let alice = app.user("alice").await;
    let ports = [app.server("auth").port(), app.server("chat").port()];
    for (port, paths) in ports.into_iter().zip([&OF_AUTH[..], &OF_CHAT]) {
        let api = Api::one(port);
        for path in paths {
            let post = || api.post(path, &json!({}));
            post().await.problem(401, "UNAUTHORIZED");
            post().bearer(&alice.token).await.problem(401, "UNAUTHORIZED");
            for key in ["", "wrong", &INTERNAL_API_KEY[1..], &format!("{INTERNAL_API_KEY}x")] {
                post().header("x-internal-api-key", key).await.problem(401, "UNAUTHORIZED");
            }
            for key in [INTERNAL_API_KEY, "the-key-before-this-one"] {
                // Let in, and told that the question is none.
                post().header("x-internal-api-key", key).await.problem(400, "INVALID");
            }
            let nonsense = post().raw_json("nonsense").header("x-internal-api-key", INTERNAL_API_KEY);
            nonsense.await.problem(400, "BAD_JSON");
        }
        let nowhere = api.post("/internal/nowhere", &json!({}));
        nowhere.header("x-internal-api-key", INTERNAL_API_KEY).await.problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_request_keeps_its_id_from_service_to_service() {
    let mut app = Topology::services().with("LOG", "debug").start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let plans = alice.create_room("plans").await;
    let body = json!({"username": bob.username});
    let call = alice.post(&format!("/rooms/{plans}/add-member"), &body).header("x-request-id", "follow-me-7");
    call.await.is(200);
    for role in ["chat", "auth"] {
        let server = app.server(role);
        eventually(&format!("{role} logs it"), async || server.log().contains("follow-me-7").then_some(()))
            .await;
    }
}

#[tokio::test]
async fn a_service_with_another_key_is_refused_and_says_why() {
    let mut app = Topology::services().start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let bob = app.user("bob").await;
    app.server("auth").kill().await;
    app.server("auth").start_again_with("INTERNAL_API_KEY", "quite-another-key").await;

    let answer = alice.post(&format!("/rooms/{plans}/add-member"), &json!({"username": bob.username})).await;
    assert!(!answer.header("retry-after").is_empty());
    answer.problem(503, "UNAVAILABLE");
    assert!(app.server("chat").log().contains("INTERNAL_API_KEY"), "the log says what is wrong");
    alice.send(plans, "and the talk goes on").await;
}
