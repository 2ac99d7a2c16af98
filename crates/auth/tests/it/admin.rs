//! What an operator does beside a running server.

use auth::{admin, directory};
use protocol::{Code, Timestamp};
use serde_json::json;

use crate::harness::{PASSWORD, TestApp};

#[tokio::test]
async fn accounts_are_listed_with_their_state() {
    let app = TestApp::start().await;
    assert!(admin::list(&app.db).await.unwrap().is_empty());
    let anna = app.sign_up("anna").await;
    app.sign_up("bob").await;
    admin::disable(&app.db, "bob@example.org").await.unwrap();
    let accounts = admin::list(&app.db).await.unwrap();
    let bob = accounts.iter().find(|account| account.username == "bob").unwrap();
    assert!(bob.disabled_at.is_some());
    let first = accounts.iter().find(|account| account.username == "anna").unwrap();
    assert_eq!((first.id.to_string(), first.disabled_at), (anna.id.clone(), None));
}

#[tokio::test]
async fn disabling_ends_sessions_and_the_server_can_read_which() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let link = anna.forgot().await;
    let (sid, since) = (anna.sid(), Timestamp::now() - std::time::Duration::from_secs(5));
    let account = admin::disable(&app.db, " ANNA ").await.unwrap();
    assert_eq!(account.username, "anna");
    let revoked = directory::revoked_sessions(&app.auth, since).await.unwrap();
    assert_eq!(revoked.iter().map(|session| session.sid).collect::<Vec<_>>(), [sid]);
    app.tokens.revocations().add(&revoked);
    anna.is_out().await;
    app.log_in("anna", PASSWORD).await.refused(403, "ACCOUNT_DISABLED");
    let body = json!({"token": link.split('=').nth(1), "newPassword": "another horse battery"});
    app.post("/auth/reset-password", body).await.refused(400, "BAD_RESET_TOKEN");
    assert_eq!(
        admin::reset_link(&app.db, "anna", "https://x").await.unwrap_err().code(),
        Code::AccountDisabled
    );

    admin::enable(&app.db, "anna@example.org").await.unwrap();
    app.log_in("anna", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_reset_link_from_the_shell_works_as_a_mailed_one() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let link = admin::reset_link(&app.db, "anna", "http://localhost:5000").await.unwrap();
    let token = link.strip_prefix("http://localhost:5000/reset-password?token=").unwrap();
    let body = json!({"token": token, "newPassword": "another horse battery"});
    app.post("/auth/reset-password", body).await.expect(200);
    anna.is_out().await;
}

#[tokio::test]
async fn an_unknown_account_is_said_to_be_unknown() {
    let app = TestApp::start().await;
    for who in ["nobody", "nobody@example.org", ""] {
        assert_eq!(admin::disable(&app.db, who).await.unwrap_err().code(), Code::NotFound);
        assert_eq!(admin::enable(&app.db, who).await.unwrap_err().code(), Code::NotFound);
        assert_eq!(admin::reset_link(&app.db, who, "https://x").await.unwrap_err().code(), Code::NotFound);
    }
}
