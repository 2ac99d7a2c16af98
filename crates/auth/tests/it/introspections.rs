//! `POST /auth/introspect`.

use serde_json::json;

use crate::harness::{Answer, TestApp};

#[tokio::test]
async fn a_good_token_is_told_with_its_user_and_claims() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let verdict = app.introspect(&anna.token).await;
    assert_eq!(verdict["active"], true);
    assert_eq!(verdict["user"], json!({"id": anna.id, "username": "anna", "email": "anna@example.org"}));
    let payload = &verdict["payload"];
    assert_eq!((&payload["id"], &payload["sub"]), (&json!(anna.id), &json!(anna.id)));
    assert_eq!(payload["sid"], json!(anna.sid()));
    for claim in ["username", "iat", "exp", "jti"] {
        assert!(!payload[claim].is_null(), "{claim}");
    }
}

#[tokio::test]
async fn a_bad_token_is_inactive_and_never_an_error() {
    let app = TestApp::start().await;
    for token in ["", "x", "a.b.c", &"x".repeat(5000), "\0", "eyJhbGciOiJub25lIn0.e30."] {
        assert_eq!(app.introspect(token).await, json!({"active": false}), "{token}");
    }
}

#[tokio::test]
async fn a_session_that_another_process_ended_is_inactive() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    app.sql("UPDATE refresh_tokens SET revoked_at = 1").await;
    anna.is_in().await;
    assert_eq!(app.introspect(&anna.token).await, json!({"active": false}));
}

#[tokio::test]
async fn a_live_token_whose_family_was_swept_after_it_expired_is_active() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    app.sql("DELETE FROM refresh_tokens").await;
    assert_eq!(app.introspect(&anna.token).await["active"], true);
}

#[tokio::test]
async fn only_services_may_ask() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let body = json!({"token": anna.token});
    app.post("/auth/introspect", body.clone()).await.refused(401, "UNAUTHORIZED");
    anna.call("POST", "/auth/introspect", &body).await.refused(401, "UNAUTHORIZED");
    for key in ["", "wrong", "key-of-the-service", "key-of-the-servicesx"] {
        let request = app.request("POST", "/auth/introspect").header("x-internal-api-key", key);
        Answer::of(request.json(&body)).await.refused(401, "UNAUTHORIZED");
    }
    app.introspect(&anna.token).await;
}
