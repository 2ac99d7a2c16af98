//! Login and logout.

use fanout::Event;
use serde_json::json;

use crate::harness::{PASSWORD, Person, TestApp};

#[tokio::test]
async fn email_and_username_open_a_session_in_any_case() {
    let app = TestApp::start().await;
    let anna = app.sign_up("Anna").await;
    for who in ["anna@example.org", "ANNA@EXAMPLE.ORG", "Anna", "aNNa", " anna "] {
        let answer = app.log_in(who, PASSWORD).await.expect(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        let session = Person::new(&app, &answer.body);
        assert_eq!((&session.id, &*session.email), (&anna.id, "Anna@example.org"));
        assert_ne!(session.sid(), anna.sid());
        session.is_in().await;
    }
}

#[tokio::test]
async fn no_account_and_a_wrong_password_are_told_apart_by_nothing() {
    let app = TestApp::start().await;
    app.sign_up("anna").await;
    let mut answers = Vec::new();
    for (who, password) in
        [("anna", "wrong horse battery"), ("nobody", PASSWORD), ("no@example.org", PASSWORD)]
    {
        let before = app.auth.hash_operations();
        let answer = app.log_in(who, password).await.refused(401, "BAD_CREDENTIALS");
        assert_eq!(app.auth.hash_operations() - before, 1, "{who}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        answers.push(answer.body);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn only_who_knows_the_password_learns_that_an_account_is_disabled() {
    let app = TestApp::start().await;
    app.sign_up("anna").await;
    app.sql("UPDATE users SET disabled_at = 1").await;
    app.log_in("anna", "wrong horse battery").await.refused(401, "BAD_CREDENTIALS");
    app.log_in("anna", PASSWORD).await.refused(403, "ACCOUNT_DISABLED");
    assert_eq!(app.value::<i64>("SELECT COUNT(*) FROM refresh_tokens").await, 1, "that of the signup");
}

#[tokio::test]
async fn a_bcrypt_hash_matches_and_is_replaced_at_login() {
    let app = TestApp::start().await;
    app.sign_up("anna").await;
    for version in ["2a", "2b", "2y"] {
        let hash = bcrypt::hash("secret-of-2019", 4).unwrap().replacen("$2b$", &format!("${version}$"), 1);
        app.sql(&format!("UPDATE users SET password_hash = '{hash}'")).await;
        app.log_in("anna", "secret-of-2018").await.refused(401, "BAD_CREDENTIALS");
        assert_eq!(app.value::<String>("SELECT password_hash FROM users").await, hash);

        app.log_in("anna", "secret-of-2019").await.expect(200);
        let stored: String = app.value("SELECT password_hash FROM users").await;
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        app.log_in("anna", "secret-of-2019").await.expect(200);
    }
}

#[tokio::test]
async fn logins_at_once_with_an_old_hash_all_succeed() {
    let app = TestApp::start().await;
    app.sign_up("anna").await;
    let hash = bcrypt::hash(PASSWORD, 4).unwrap();
    app.sql(&format!("UPDATE users SET password_hash = '{hash}'")).await;
    let logins = (0..4).map(|_| app.log_in("anna", PASSWORD));
    for answer in futures::future::join_all(logins).await {
        answer.expect(200);
    }
}

#[tokio::test]
async fn a_login_storm_holds_up_nobody_else() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let storm = (0..40).map(|_| app.log_in("anna", PASSWORD));
    let mut storm = std::pin::pin!(futures::future::join_all(storm));
    let meanwhile = async {
        for _ in 0..10 {
            anna.is_in().await;
        }
    };
    tokio::select! {
        biased;
        _ = &mut storm => panic!("40 logins were faster than 10 reads"),
        () = meanwhile => {}
    }
    for answer in storm.await {
        answer.expect(200);
    }
}

#[tokio::test]
async fn past_the_queue_logins_are_told_to_come_back() {
    let app = TestApp::start().await;
    app.sign_up("anna").await;
    let storm = (0..200).map(|_| app.log_in("anna", PASSWORD));
    let answers = futures::future::join_all(storm).await;
    let refused = answers.into_iter().filter(|answer| answer.status != 200);
    let refused: Vec<_> = refused.map(|answer| answer.refused(503, "UNAVAILABLE")).collect();
    assert!(!refused.is_empty(), "200 at once fit into the queue");
    assert!(refused.iter().all(|answer| answer.header("retry-after") == "1"));
    app.log_in("anna", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn logout_ends_its_session_everywhere_and_no_other() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let elsewhere = anna.log_in_again().await;
    let sid = anna.sid();
    let mut events = app.listen().await;
    app.post("/auth/logout", json!({"refreshToken": anna.refresh_token})).await.expect(200);

    assert_eq!(events.next().await, Event::SessionsRevoked { sids: vec![sid] });
    anna.is_out().await;
    elsewhere.is_in().await;
    elsewhere.refresh().await.expect(200);
}

#[tokio::test]
async fn logout_is_done_for_an_unknown_token_too_and_twice() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    for token in ["nonsense", &anna.refresh_token, &anna.refresh_token] {
        let answer = app.post("/auth/logout", json!({"refreshToken": token})).await.expect(200);
        assert_eq!(answer.body, json!({"ok": true}));
    }
    app.post("/auth/logout", json!({})).await.expect(200);
}

#[tokio::test]
async fn logout_with_a_token_that_another_tab_used_up_ends_the_session_too() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let renewed = Person::new(&app, &anna.refresh().await.expect(200).body);
    app.post("/auth/logout", json!({"refreshToken": anna.refresh_token})).await.expect(200);
    renewed.is_out().await;
}
