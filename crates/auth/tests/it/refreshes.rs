//! Refresh families: one live token, re-use detected, ten seconds of grace.

use fanout::Event;
use serde_json::json;

use crate::harness::{Answer, PASSWORD, Person, TestApp};

/// Lets time pass for used-up tokens.
async fn wait_ms(app: &TestApp, ms: i64) {
    app.sql(&format!("UPDATE refresh_tokens SET used_at = used_at - {ms}")).await;
}

#[tokio::test]
async fn a_refresh_carries_the_session_on_with_a_new_token() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let answer = anna.refresh().await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let renewed = Person::new(&app, &answer.body);
    assert_eq!((&renewed.id, renewed.sid()), (&anna.id, anna.sid()));
    assert_ne!(renewed.refresh_token, anna.refresh_token);
    assert_eq!(hex::decode(&renewed.refresh_token).unwrap().len(), 48);
    renewed.is_in().await;
    renewed.refresh().await.expect(200);
}

#[tokio::test]
async fn each_refresh_gives_fourteen_more_days() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    app.sql("UPDATE refresh_tokens SET expires_at = expires_at - 13 * 86400000").await;
    anna.refresh().await.expect(200);
    let lifetime = "SELECT expires_at - created_at FROM refresh_tokens ORDER BY id DESC";
    assert_eq!(app.value::<i64>(lifetime).await, 14 * 86_400_000);
}

#[tokio::test]
async fn the_token_before_gives_the_same_successor_for_ten_seconds() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let first = Person::new(&app, &anna.refresh().await.expect(200).body);
    wait_ms(&app, 9_000).await;
    let again = Person::new(&app, &anna.refresh().await.expect(200).body);
    assert_eq!(again.refresh_token, first.refresh_token);
    assert_eq!(app.value::<i64>("SELECT COUNT(*) FROM refresh_tokens").await, 2, "no second branch");
    again.refresh().await.expect(200);
}

#[tokio::test]
async fn after_ten_seconds_a_used_up_token_ends_the_family() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let elsewhere = anna.log_in_again().await;
    let renewed = Person::new(&app, &anna.refresh().await.expect(200).body);
    let sid = anna.sid();
    wait_ms(&app, 10_500).await;
    let mut events = app.listen().await;

    anna.refresh().await.refused(401, "BAD_REFRESH_TOKEN");
    assert_eq!(events.next().await, Event::SessionsRevoked { sids: vec![sid] });
    renewed.is_out().await;
    assert_eq!(app.introspect(&renewed.token).await["active"], false);
    elsewhere.is_in().await;
}

#[tokio::test]
async fn once_the_successor_was_used_its_predecessor_ends_the_family_at_once() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let second = Person::new(&app, &anna.refresh().await.expect(200).body);
    let third = Person::new(&app, &second.refresh().await.expect(200).body);
    third.is_in().await;
    anna.refresh().await.refused(401, "BAD_REFRESH_TOKEN");
    third.is_out().await;
}

#[tokio::test]
async fn many_refreshes_at_once_get_the_same_successor() {
    let app = TestApp::start().await;
    let mut anna = app.sign_up("anna").await;
    for round in 1..=5 {
        let refreshes = (0..10).map(|_| anna.refresh());
        let answers: Vec<Answer> = futures::future::join_all(refreshes).await;
        let mut tokens: Vec<String> =
            answers.into_iter().map(|answer| answer.expect(200).text("refreshToken").to_owned()).collect();
        tokens.dedup();
        assert_eq!(tokens.len(), 1);
        anna.refresh_token = tokens.remove(0);
        assert_eq!(app.value::<i64>("SELECT COUNT(*) FROM refresh_tokens").await, round + 1);
        let live = "SELECT COUNT(*) FROM refresh_tokens WHERE used_at IS NULL AND revoked_at IS NULL";
        assert_eq!(app.value::<i64>(live).await, 1, "one live token");
    }
}

/// Whoever of the two is faster: there is never a second branch, and the first step out of time ends the session.
#[tokio::test]
async fn a_thief_and_the_owner_at_once_hold_one_branch_until_one_of_them_is_late() {
    let app = TestApp::start().await;
    let live = "SELECT COUNT(*) FROM refresh_tokens WHERE used_at IS NULL AND revoked_at IS NULL";
    for owner_is_late in [true, false] {
        let mut owner = app.sign_up(if owner_is_late { "anna" } else { "berta" }).await;
        let mut thief = Person::new(&app, &json!({"refreshToken": owner.refresh_token}));
        let before = app.value::<i64>(live).await;
        for _ in 0..3 {
            let both = tokio::join!(owner.refresh(), thief.refresh());
            let tokens = [both.0, both.1].map(|answer| answer.expect(200).text("refreshToken").to_owned());
            assert_eq!(tokens[0], tokens[1], "no second branch");
            assert_eq!(app.value::<i64>(live).await, before);
            [owner.refresh_token, thief.refresh_token] = tokens;
        }
        let (late, ahead) = if owner_is_late { (&owner, &mut thief) } else { (&thief, &mut owner) };
        for _ in 0..2 {
            ahead.refresh_token = ahead.refresh().await.expect(200).text("refreshToken").to_owned();
        }
        late.refresh().await.refused(401, "BAD_REFRESH_TOKEN");
        ahead.refresh().await.refused(401, "BAD_REFRESH_TOKEN");
        assert_eq!(app.value::<i64>(live).await, before - 1, "the session has ended for both");
    }
}

#[tokio::test]
async fn an_expired_token_is_refused_and_reveals_no_theft() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    app.sql("UPDATE refresh_tokens SET expires_at = 1").await;
    anna.refresh().await.refused(401, "BAD_REFRESH_TOKEN");
    assert_eq!(app.value::<Option<i64>>("SELECT revoked_at FROM refresh_tokens").await, None);
    anna.is_in().await;
}

#[tokio::test]
async fn unknown_tokens_are_refused() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    for token in ["x", &"0".repeat(96), &anna.token, &anna.refresh_token.to_uppercase()] {
        app.refresh(token).await.refused(401, "BAD_REFRESH_TOKEN");
    }
    anna.refresh().await.expect(200);
}

#[tokio::test]
async fn a_disabled_or_deleted_account_is_not_carried_on() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    // Only the row changes here: even if its sessions had been missed, they end.
    for change in ["UPDATE users SET disabled_at = 1", "DELETE FROM users"] {
        app.sql(change).await;
        anna.refresh().await.refused(401, "BAD_REFRESH_TOKEN");
        assert_eq!(app.value::<Option<i64>>("SELECT used_at FROM refresh_tokens").await, None);
        anna.get("/users/me").await.refused(401, "UNAUTHORIZED");
        anna.change(serde_json::json!({"username": "anna2"})).await.refused(401, "UNAUTHORIZED");
        anna.delete(PASSWORD).await.refused(401, "UNAUTHORIZED");
        assert_eq!(app.introspect(&anna.token).await["active"], false);
    }
}

#[tokio::test]
async fn a_refresh_brings_the_name_up_to_date() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    anna.change(serde_json::json!({"username": "anne"})).await.expect(200);
    let answer = anna.refresh().await.expect(200);
    assert_eq!(answer.body["user"]["username"], "anne");
    assert_eq!(app.tokens.verify(answer.text("token")).unwrap().username, "anne");
}

#[tokio::test]
async fn another_secret_derives_no_successor_so_that_grace_ends_in_refusal() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    anna.refresh().await.expect(200);
    // As if the successor had been derived with another key.
    app.sql("UPDATE refresh_tokens SET token_hash = 'x' WHERE used_at IS NULL").await;
    anna.refresh().await.refused(401, "BAD_REFRESH_TOKEN");
    anna.is_out().await;
}
