//! Everything about one account at once: whoever gives way to another is done again, never failed.

use futures::future::{BoxFuture, FutureExt, join_all};
use serde_json::json;

use crate::harness::{PASSWORD, Person, TestApp};

const ROUNDS: i64 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_one_account_at_once_never_fail() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    for round in 0..ROUNDS {
        let browsers = join_all((0..4).map(|_| anna.log_in_again())).await;
        let links = [anna.forgot().await, anna.forgot().await];
        let mut acts: Vec<BoxFuture<'_, u16>> = Vec::new();
        for (number, browser) in browsers.iter().enumerate() {
            acts.push(async { browser.refresh().await.status }.boxed());
            acts.push(log_out(&app, browser).boxed());
            acts.push(
                async move {
                    let patch = json!({"username": format!("anna.{round}.{number}"), "currentPassword": PASSWORD,
                        "email": format!("anna.{round}.{number}@example.org")});
                    browser.change(patch).await.status
                }
                .boxed(),
            );
        }
        for link in &links {
            acts.push(reset(&app, link).boxed());
        }
        let statuses = join_all(acts).await;
        assert!(statuses.iter().all(|status| [200, 400, 401, 403, 409].contains(status)), "{statuses:?}");
        assert!(statuses.contains(&200), "{statuses:?}");
        // Back to where the next round begins.
        let name: String = app.value("SELECT username FROM users").await;
        let session = app.log_in(&name, PASSWORD).await.expect(200);
        let me = Person::new(&app, &session.body);
        me.change(json!({"email": anna.email, "currentPassword": PASSWORD})).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_that_are_deleted_and_made_at_once_never_fail() {
    let app = TestApp::start().await;
    for round in 0..ROUNDS {
        let people = join_all((0..4).map(|n| {
            let name = format!("anna{round}{n}");
            let app = &app;
            async move { app.sign_up(&name).await }
        }))
        .await;
        let mut acts: Vec<BoxFuture<'_, u16>> = Vec::new();
        for person in &people {
            acts.push(async { person.delete(PASSWORD).await.status }.boxed());
            acts.push(async { person.refresh().await.status }.boxed());
            acts.push(sign_up_like(&app, person).boxed());
        }
        let statuses = join_all(acts).await;
        assert!(statuses.iter().all(|status| [200, 201, 401, 409].contains(status)), "{statuses:?}");
        for person in people {
            person.get("/users/me").await.refused(401, "SESSION_REVOKED");
        }
    }
    let cursors = "SELECT COUNT(DISTINCT cursor) - COUNT(*) + MAX(cursor) FROM account_changes";
    assert_eq!(app.value::<i64>(&quoted(&app, cursors)).await, 4 * ROUNDS, "one each, no gap");
}

/// `cursor` is a word of MySQL's.
fn quoted(app: &TestApp, sql: &str) -> String {
    use sea_orm::{ConnectionTrait, DbBackend};
    let mark = if app.db.reader.get_database_backend() == DbBackend::MySql { "`" } else { "\"" };
    sql.replace("cursor", &format!("{mark}cursor{mark}"))
}

async fn log_out(app: &TestApp, person: &Person<'_>) -> u16 {
    app.post("/auth/logout", json!({"refreshToken": person.refresh_token})).await.status
}

async fn reset(app: &TestApp, link: &str) -> u16 {
    let token = link.split_once("token=").expect("a link").1;
    app.post("/auth/reset-password", json!({"token": token, "newPassword": PASSWORD})).await.status
}

async fn sign_up_like(app: &TestApp, person: &Person<'_>) -> u16 {
    let body = json!({"username": person.username, "email": person.email, "password": PASSWORD});
    app.post("/auth/signup", body).await.status
}
