//! Forgotten passwords.

use fanout::Event;
use serde_json::json;

use crate::harness::{Answer, FRONTEND_URL, PASSWORD, TestApp};

const NEW_PASSWORD: &str = "another horse battery";

fn token_of(link: &str) -> &str {
    link.strip_prefix(FRONTEND_URL)
        .and_then(|rest| rest.strip_prefix("/reset-password?token="))
        .expect("a link")
}

async fn reset(app: &TestApp, link: &str, password: &str) -> Answer {
    let body = json!({"token": token_of(link), "newPassword": password});
    app.post("/auth/reset-password", body).await
}

#[tokio::test]
async fn a_link_sets_the_password_once_and_ends_every_session() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let elsewhere = anna.log_in_again().await;
    let bob = app.sign_up("bob").await;
    let mut sids = vec![anna.sid(), elsewhere.sid()];
    let link = anna.forgot().await;
    assert_eq!(hex::decode(token_of(&link)).unwrap().len(), 32);
    let stored: String = app.value("SELECT token_hash FROM password_reset_tokens").await;
    assert_ne!(stored, token_of(&link));

    let mut events = app.listen().await;
    let answer = reset(&app, &link, NEW_PASSWORD).await.expect(200);
    assert_eq!(answer.body, json!({"ok": true}));
    let Event::SessionsRevoked { sids: mut ended } = events.next().await else { panic!("another event") };
    ended.sort();
    sids.sort();
    assert_eq!(ended, sids);
    anna.is_out().await;
    elsewhere.is_out().await;
    bob.is_in().await;
    app.log_in("anna", PASSWORD).await.refused(401, "BAD_CREDENTIALS");
    app.log_in("anna", NEW_PASSWORD).await.expect(200);
    reset(&app, &link, "yet another battery").await.refused(400, "BAD_RESET_TOKEN");
    app.log_in("anna", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn of_many_uses_at_once_one_counts() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let link = anna.forgot().await;
    let passwords: Vec<String> = (0..6).map(|i| format!("{NEW_PASSWORD} {i}")).collect();
    let uses = passwords.iter().map(|password| reset(&app, &link, password));
    let statuses: Vec<u16> =
        futures::future::join_all(uses).await.iter().map(|answer| answer.status).collect();
    let winners: Vec<usize> = (0..6).filter(|&i| statuses[i] == 200).collect();
    assert_eq!(winners.len(), 1, "{statuses:?}");
    app.log_in("anna", &passwords[winners[0]]).await.expect(200);
}

#[tokio::test]
async fn a_link_ends_after_an_hour() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let link = anna.forgot().await;
    let lifetime: i64 = app.value("SELECT expires_at - created_at FROM password_reset_tokens").await;
    assert_eq!(lifetime, 3_600_000);
    app.sql("UPDATE password_reset_tokens SET expires_at = expires_at - 3600001").await;
    reset(&app, &link, NEW_PASSWORD).await.refused(400, "BAD_RESET_TOKEN");
    app.log_in("anna", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_refused_password_does_not_cost_the_link() {
    let app = TestApp::start().await;
    let anna = app.sign_up("margarethe").await;
    let link = anna.forgot().await;
    for (password, code) in [("margarethe", "TOO_WEAK"), ("password1", "TOO_WEAK"), ("short", "TOO_SHORT")] {
        reset(&app, &link, password).await.refused(400, "INVALID").names("newPassword", code);
    }
    anna.is_in().await;
    reset(&app, &link, NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn using_one_link_or_changing_the_password_ends_the_others() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let (first, second) = (anna.forgot().await, anna.forgot().await);
    assert_ne!(first, second);
    reset(&app, &first, NEW_PASSWORD).await.expect(200);
    reset(&app, &second, PASSWORD).await.refused(400, "BAD_RESET_TOKEN");

    for patch in [
        json!({"password": PASSWORD, "currentPassword": NEW_PASSWORD}),
        json!({"email": "anna@elsewhere.example", "currentPassword": PASSWORD}),
    ] {
        let link = anna.forgot().await;
        let who = app.log_in("anna", patch["currentPassword"].as_str().unwrap()).await.expect(200);
        let anna = crate::harness::Person::new(&app, &who.body);
        anna.change(patch).await.expect(200);
        reset(&app, &link, "yet another battery").await.refused(400, "BAD_RESET_TOKEN");
    }
}

#[tokio::test]
async fn the_answer_is_the_same_with_and_without_an_account() {
    let app = TestApp::with(|config| config.dev_mode = false).await;
    app.sign_up("anna").await;
    for email in ["anna@example.org", "nobody@example.org"] {
        let before = app.auth.hash_operations();
        let answer = app.post("/auth/forgot-password", json!({"email": email})).await.expect(200);
        assert_eq!(answer.body, json!({"ok": true}));
        assert_eq!(app.auth.hash_operations(), before);
    }
    // The stop waits for the worker: from here on its work can be seen.
    assert!(app.tasks.stop(std::time::Duration::from_secs(5)).await);
    assert_eq!(app.value::<i64>("SELECT COUNT(*) FROM password_reset_tokens").await, 1);
}

#[tokio::test]
async fn without_an_account_or_with_a_disabled_one_there_is_no_link() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let link = anna.forgot().await;
    app.sql("UPDATE users SET disabled_at = 1").await;
    for email in ["anna@example.org", "nobody@example.org"] {
        let answer = app.post("/auth/forgot-password", json!({"email": email})).await.expect(200);
        assert_eq!(answer.body, json!({"ok": true}));
    }
    reset(&app, &link, NEW_PASSWORD).await.refused(400, "BAD_RESET_TOKEN");
    assert_eq!(app.value::<i64>("SELECT COUNT(*) FROM password_reset_tokens").await, 1);
}

#[tokio::test]
async fn the_link_leads_to_the_frontend_whatever_host_was_asked() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let request = app.request("POST", "/auth/forgot-password").header("host", "evil.example");
    let answer = Answer::of(request.json(&json!({"email": anna.email.to_uppercase()}))).await.expect(200);
    token_of(answer.text("resetLink"));
}
