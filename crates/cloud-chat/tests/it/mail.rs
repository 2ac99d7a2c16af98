//! Password resets by mail, through a real SMTP server that keeps what it is given.

pub mod sink;

use serde_json::json;

use crate::harness::Topology;

use sink::Sink;

#[tokio::test]
async fn a_forgotten_password_is_reset_by_mail() {
    let mut sink = Sink::start().await;
    let app = Topology::one_process()
        .with("DEV_MODE", "false")
        .with("FRONTEND_URL", "https://chat.example.org")
        .with("SMTP_URL", sink.url())
        .with("SMTP_FROM", "Cloud Chat <robot@example.org>")
        .start()
        .await;
    let alice = app.user("alice").await;
    let forgot = async |email: &str| {
        let answer = app.post("/auth/forgot-password", &json!({"email": email})).await.is(200);
        assert_eq!(answer.json(), json!({"ok": true}));
    };

    // Nobody's address gets no mail: the first one that comes is Alice's.
    forgot("nobody@example.org").await;
    forgot("ALICE@example.org").await;
    let mail = sink.next_mail().await;
    assert_eq!(mail["to"], json!(["alice@example.org"]));
    assert_eq!(mail["from"], "robot@example.org");
    assert!(mail["subject"].as_str().is_some_and(|subject| subject.contains("password")), "{mail}");

    let text = mail["text"].as_str().expect("a text part");
    let link = text.split_whitespace().find(|word| word.starts_with("https://")).expect("a link");
    let token =
        link.strip_prefix("https://chat.example.org/reset-password?token=").expect("the contract's link");
    assert!(text.contains("alice"), "whose account it is: {text}");
    assert!(mail["html"].as_str().is_some_and(|html| html.contains(link)), "the same link: {mail}");
    let body = json!({"token": token, "newPassword": "an entirely other phrase 9"});
    app.post("/auth/reset-password", &body).await.is(200);
    alice.try_log_in("an entirely other phrase 9").await.is(200);
    assert!(!app.log().contains(token), "what is mailed is not logged");
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_nobodys_business() {
    let sink = Sink::start().await;
    let url = sink.url();
    drop(sink);
    let app = Topology::one_process().with("DEV_MODE", "false").with("SMTP_URL", url).start().await;
    let alice = app.user("alice").await;
    for email in [alice.email.as_str(), "nobody@example.org"] {
        let answer = app.post("/auth/forgot-password", &json!({"email": email})).await.is(200);
        assert_eq!(answer.json(), json!({"ok": true}));
    }
    alice.try_log_in(&alice.password).await.is(200);
}

#[tokio::test]
async fn without_a_mail_server_the_link_is_in_the_log() {
    let app = Topology::one_process().with("DEV_MODE", "false").start().await;
    let alice = app.user("alice").await;
    app.post("/auth/forgot-password", &json!({"email": alice.email})).await.is(200);
    crate::harness::eventually("the link is logged", async || {
        app.log().contains("/reset-password?token=").then_some(())
    })
    .await;
}
