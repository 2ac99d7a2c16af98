//! Changing and deleting one's own account, and what chat and sockets learn of it.

use auth::directory;
use fanout::Event;
use protocol::{Timestamp, seams::Change};
use serde_json::json;

use crate::harness::{PASSWORD, Person, TestApp};

const NEW_PASSWORD: &str = "another horse battery";

#[tokio::test]
async fn a_new_name_needs_no_password_and_is_told_to_chat() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let mut events = app.listen().await;
    let answer = anna.change(json!({"username": "Anne", "unknown": 1})).await.expect(200);
    assert_eq!(answer.body, json!({"id": anna.id, "username": "Anne", "email": "anna@example.org"}));
    assert_eq!(events.next().await, Event::AccountsChanged);
    let changes = directory::changes(&app.auth, 0).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].cursor, changes[0].user_id.to_string()), (1, anna.id.clone()));
    assert_eq!(changes[0].change, Change::Renamed { username: "Anne".into() });
    assert!(directory::changes(&app.auth, 1).await.unwrap().is_empty());
    app.log_in("anne", PASSWORD).await.expect(200);
    app.log_in("anna", PASSWORD).await.refused(401, "BAD_CREDENTIALS");
    // Another spelling of the same name is a change, and not taken by oneself.
    anna.change(json!({"username": "ANNE"})).await.expect(200);
}

#[tokio::test]
async fn unchanged_values_are_no_change() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let elsewhere = anna.log_in_again().await;
    let before = app.auth.hash_operations();
    for patch in [
        json!({}),
        json!({"username": "anna", "email": " anna@example.org "}),
        json!({"username": null, "email": null, "password": null, "currentPassword": null}),
        json!({"username": "anna", "currentPassword": "wrong horse battery"}),
    ] {
        let answer = anna.change(patch).await.expect(200);
        assert_eq!(answer.body, json!({"id": anna.id, "username": "anna", "email": "anna@example.org"}));
    }
    assert_eq!(app.auth.hash_operations(), before);
    anna.change(json!({"password": PASSWORD, "currentPassword": PASSWORD})).await.expect(200);
    elsewhere.is_in().await;
    assert!(directory::changes(&app.auth, 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_changed_email_or_a_new_password_needs_the_current_one() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    for mut patch in [json!({"email": "new@example.org"}), json!({"password": NEW_PASSWORD})] {
        anna.change(patch.clone()).await.refused(403, "WRONG_PASSWORD").names("currentPassword", "REQUIRED");
        patch["currentPassword"] = "wrong horse battery".into();
        anna.change(patch.clone()).await.refused(403, "WRONG_PASSWORD").names("currentPassword", "WRONG");
        // Nothing of a refused patch is applied.
        patch["username"] = "anne".into();
        anna.change(patch.clone()).await.refused(403, "WRONG_PASSWORD");
        patch["currentPassword"] = PASSWORD.into();
        patch.as_object_mut().unwrap().remove("username");
        anna.change(patch).await.expect(200);
    }
    let me = anna.get("/users/me").await.expect(200).body;
    assert_eq!(me, json!({"id": anna.id, "username": "anna", "email": "new@example.org"}));
    app.log_in("new@example.org", NEW_PASSWORD).await.expect(200);
    app.log_in("anna@example.org", NEW_PASSWORD).await.refused(401, "BAD_CREDENTIALS");
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_but_the_one_that_chose_it() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let elsewhere = anna.log_in_again().await;
    let sid = elsewhere.sid();
    let mut events = app.listen().await;
    anna.change(json!({"password": NEW_PASSWORD, "currentPassword": PASSWORD})).await.expect(200);
    assert_eq!(events.next().await, Event::SessionsRevoked { sids: vec![sid] });
    elsewhere.is_out().await;
    anna.is_in().await;
    anna.refresh().await.expect(200);
    app.log_in("anna", PASSWORD).await.refused(401, "BAD_CREDENTIALS");
}

#[tokio::test]
async fn a_new_password_is_judged_against_the_new_names() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let patch = json!({"username": "margarethe", "password": "Margarethe", "currentPassword": PASSWORD});
    anna.change(patch).await.refused(400, "INVALID").names("password", "TOO_WEAK");
    assert_eq!(anna.get("/users/me").await.body["username"], "anna");
}

#[tokio::test]
async fn what_somebody_else_has_is_taken() {
    let app = TestApp::start().await;
    let (anna, _) = (app.sign_up("anna").await, app.sign_up("bob").await);
    let answer = anna.change(json!({"username": "BOB"})).await;
    answer.refused(409, "USERNAME_TAKEN").names("username", "TAKEN");
    let patch = json!({"email": "BOB@example.org", "currentPassword": PASSWORD});
    anna.change(patch).await.refused(409, "EMAIL_TAKEN").names("email", "TAKEN");
    assert!(directory::changes(&app.auth, 0).await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_changes_or_deletes_somebody_else() {
    let app = TestApp::start().await;
    let (anna, bob) = (app.sign_up("anna").await, app.sign_up("bob").await);
    for id in [bob.id.clone(), uuid::Uuid::new_v4().to_string()] {
        let path = format!("/users/{id}");
        anna.call("PATCH", &path, &json!({"username": "mine"})).await.refused(403, "FORBIDDEN");
        anna.call("DELETE", &path, &json!({"currentPassword": PASSWORD})).await.refused(403, "FORBIDDEN");
    }
    anna.call("PATCH", "/users/me", &json!({})).await.refused(405, "METHOD_NOT_ALLOWED");
    bob.is_in().await;
}

#[tokio::test]
async fn a_deleted_account_is_gone_its_sessions_too_and_chat_is_told() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    anna.change(json!({"username": "anne"})).await.expect(200);
    let elsewhere = anna.log_in_again().await;
    let link = anna.forgot().await;
    let mut sids = vec![anna.sid(), elsewhere.sid()];
    sids.sort();
    anna.delete("wrong horse battery").await.refused(403, "WRONG_PASSWORD").names("currentPassword", "WRONG");
    anna.is_in().await;

    let mut events = app.listen().await;
    assert_eq!(anna.delete(PASSWORD).await.expect(200).body, json!({"ok": true}));
    let Event::SessionsRevoked { sids: mut ended } = events.next().await else { panic!("another event") };
    ended.sort();
    assert_eq!(ended, sids);
    assert_eq!(events.next().await, Event::AccountsChanged);
    anna.is_out().await;
    elsewhere.is_out().await;
    app.log_in("anne", PASSWORD).await.refused(401, "BAD_CREDENTIALS");
    let body = json!({"token": link.split('=').nth(1), "newPassword": NEW_PASSWORD});
    app.post("/auth/reset-password", body).await.refused(400, "BAD_RESET_TOKEN");

    // The rename went with the account; the deletion is what chat reads.
    let changes = directory::changes(&app.auth, 0).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].cursor, &changes[0].change), (2, &Change::Deleted));
    let revoked = directory::revoked_sessions(&app.auth, Timestamp(0)).await.unwrap();
    let mut revoked: Vec<_> = revoked.into_iter().map(|session| session.sid).collect();
    revoked.sort();
    assert_eq!(revoked, sids);

    let again = app.sign_up("anne").await;
    assert_ne!(again.id, anna.id);
}

#[tokio::test]
async fn renames_at_once_get_a_cursor_each() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for i in 0..6 {
        people.push(app.sign_up(&format!("person{i}")).await);
    }
    let renames =
        people.iter().map(|person| person.change(json!({"username": format!("{}x", person.username)})));
    for answer in futures::future::join_all(renames).await {
        answer.expect(200);
    }
    let changes = directory::changes(&app.auth, 2).await.unwrap();
    assert_eq!(changes.iter().map(|change| change.cursor).collect::<Vec<_>>(), [3, 4, 5, 6]);
}

#[tokio::test]
async fn revoked_sessions_are_told_from_a_point_in_time_on() {
    let app = TestApp::start().await;
    let (anna, bob) = (app.sign_up("anna").await, app.sign_up("bob").await);
    let (first, second) = (anna.sid(), bob.sid());
    app.post("/auth/logout", json!({"refreshToken": anna.refresh_token})).await.expect(200);
    app.sql("UPDATE refresh_tokens SET revoked_at = revoked_at - 60000 WHERE revoked_at IS NOT NULL").await;
    let renewed = Person::new(&app, &bob.refresh().await.expect(200).body);
    app.post("/auth/logout", json!({"refreshToken": renewed.refresh_token})).await.expect(200);

    let sids = async |since: Timestamp| {
        let revoked = directory::revoked_sessions(&app.auth, since).await.unwrap();
        revoked.into_iter().map(|session| session.sid).collect::<Vec<_>>()
    };
    let now = Timestamp::now();
    assert_eq!(sids(now - std::time::Duration::from_secs(30)).await, [second], "once, whatever its tokens");
    let mut both = sids(Timestamp(0)).await;
    both.sort();
    let mut expected = [first, second];
    expected.sort();
    assert_eq!(both, expected);
    assert!(sids(now + std::time::Duration::from_secs(1)).await.is_empty());
}
