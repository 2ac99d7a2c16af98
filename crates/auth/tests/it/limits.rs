//! Rate limits.

use kit::address::TrustedProxies;
use serde_json::{Value, json};

use crate::harness::{Answer, PASSWORD, TestApp};

async fn limited() -> TestApp {
    TestApp::with(|config| {
        config.rate_limits = true;
        config.trusted_proxies = TrustedProxies::new(vec!["127.0.0.0/8".parse().unwrap()]);
    })
    .await
}

async fn post_from(app: &TestApp, address: &str, path: &str, body: &Value) -> Answer {
    Answer::of(app.request("POST", path).header("x-forwarded-for", address).json(body)).await
}

/// The burst passes, and what is refilled while a test hashes.
async fn passed_at_once(per_minute: u64, passed: impl Future<Output = usize>) {
    let begun = std::time::Instant::now();
    let count = passed.await;
    let refilled = usize::try_from(begun.elapsed().as_secs() * per_minute / 60).unwrap() + 1;
    let burst = usize::try_from(per_minute).unwrap();
    assert!(
        (burst..=burst + refilled).contains(&count),
        "{count} passed, {refilled} of them may be refilled"
    );
}

/// How many pass before the first refusal, which must say how long to wait.
async fn passed(app: &TestApp, path: &str, call: impl Fn(usize) -> (String, Value)) -> usize {
    for count in 0..100 {
        let (address, body) = call(count);
        let answer = post_from(app, &address, path, &body).await;
        if answer.status == 429 {
            let wait: u64 = answer.header("retry-after").parse().expect("seconds to wait");
            assert!((1..=3600).contains(&wait), "{wait}");
            answer.refused(429, "RATE_LIMITED");
            return count;
        }
    }
    panic!("100 passed");
}

fn login(who: &str) -> Value {
    json!({"email": who, "password": "wrong horse battery"})
}

#[tokio::test]
async fn an_account_takes_ten_logins_however_it_is_written_and_from_wherever() {
    let app = limited().await;
    app.sign_up("anna").await;
    let count = passed(&app, "/auth/login", |i| {
        (format!("203.0.113.{i}"), login(if i % 2 == 0 { "anna" } else { "ANNA" }))
    });
    passed_at_once(10, count).await;
    // No account is limited like one.
    let nobody = passed(&app, "/auth/login", |i| (format!("203.0.113.{i}"), login("nobody")));
    passed_at_once(10, nobody).await;
    // Others are not concerned.
    app.sign_up("bob").await;
    app.log_in("bob", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn an_address_takes_sixty_logins_and_others_are_not_concerned() {
    let app = limited().await;
    let count = passed(&app, "/auth/login", |i| ("198.51.100.7".into(), login(&format!("nobody{i}"))));
    passed_at_once(60, count).await;
    let login = login("somebody");
    post_from(&app, "198.51.100.8", "/auth/login", &login).await.refused(401, "BAD_CREDENTIALS");
    // One host owns all of an IPv6 /64.
    let count = passed(&app, "/auth/login", |i| {
        (format!("2001:db8::{i:x}"), json!({"email": format!("six{i}"), "password": "wrong"}))
    });
    passed_at_once(60, count).await;
}

#[tokio::test]
async fn without_a_trusted_proxy_the_header_changes_nothing() {
    let app = TestApp::with(|config| config.rate_limits = true).await;
    let count = passed(&app, "/auth/login", |i| (format!("203.0.113.{i}"), login(&format!("nobody{i}"))));
    passed_at_once(60, count).await;
}

#[tokio::test]
async fn signup_forgot_and_reset_have_limits_of_their_own() {
    let app = limited().await;
    let count = passed(&app, "/auth/signup", |i| {
        let email = format!("nobody{i}@example.org");
        (
            "198.51.100.7".into(),
            json!({"username": format!("nobody{i}"), "email": email, "password": "password1"}),
        )
    });
    assert_eq!(count.await, 20);
    let count = passed(&app, "/auth/forgot-password", |i| {
        (format!("203.0.113.{i}"), json!({"email": "nobody@example.org"}))
    });
    assert_eq!(count.await, 3);
    let count = passed(&app, "/auth/forgot-password", |i| {
        ("198.51.100.7".into(), json!({"email": format!("nobody{i}@example.org")}))
    });
    assert_eq!(count.await, 20);
    let body = json!({"token": "x", "newPassword": PASSWORD});
    let count = passed(&app, "/auth/reset-password", |_| ("198.51.100.7".into(), body.clone()));
    assert_eq!(count.await, 20);
}

#[tokio::test]
async fn a_stolen_access_token_does_not_help_to_guess_the_password() {
    let app = limited().await;
    let anna = app.sign_up("anna").await;
    let guess = json!({"email": "x@example.org", "currentPassword": "wrong horse battery"});
    for _ in 0..5 {
        anna.change(guess.clone()).await.refused(403, "WRONG_PASSWORD");
        anna.delete("wrong horse battery").await.refused(403, "WRONG_PASSWORD");
    }
    anna.change(guess).await.refused(429, "RATE_LIMITED");
    anna.delete(PASSWORD).await.refused(429, "RATE_LIMITED");
    anna.change(json!({"username": "anne"})).await.expect(200);
}

#[tokio::test]
async fn a_malformed_body_costs_nothing() {
    let app = limited().await;
    for _ in 0..30 {
        app.post("/auth/reset-password", json!({"token": "x"})).await.refused(400, "INVALID");
    }
    app.post("/auth/reset-password", json!({"token": "x", "newPassword": PASSWORD}))
        .await
        .refused(400, "BAD_RESET_TOKEN");
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let app = TestApp::start().await;
    for _ in 0..70 {
        app.post("/auth/forgot-password", json!({"email": "nobody@example.org"})).await.expect(200);
    }
}
