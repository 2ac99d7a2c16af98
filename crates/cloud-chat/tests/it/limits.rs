//! Rate limits of the four sensitive routes, by address and by account.

use serde_json::{Value, json};

use crate::harness::{Answer, App, Topology};

/// Tries until it is told to wait, and returns how often it was not.
async fn until_limited(tries_max: usize, mut attempt: impl AsyncFnMut(usize) -> Answer) -> usize {
    for n in 0..tries_max {
        let answer = attempt(n).await;
        if answer.status == 429 {
            answer.problem(429, "RATE_LIMITED");
            return n;
        }
    }
    panic!("not limited after {tries_max} tries");
}

/// The body of the nth try.
type Body = fn(usize) -> Value;

fn limited() -> Topology {
    Topology::one_process().with("RATE_LIMITS", "on")
}

#[tokio::test]
async fn guessing_the_password_of_one_account_is_slowed_and_others_are_not() {
    let app = limited().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let guess = async |n: usize| {
        app.post("/auth/login", &json!({"email": "ALICE", "password": format!("guess {n}")})).await
    };

    assert!(until_limited(30, guess).await >= 5, "a few typing errors are fine");
    alice.try_log_in(&alice.password).await.is(200);
    bob.try_log_in(&bob.password).await.is(200);
}

#[tokio::test]
async fn every_sensitive_route_is_limited_by_address() {
    let app = limited().start().await;
    let attempts: [(&str, Body); 4] = [
        ("/auth/login", |n| json!({"email": format!("nobody-{n}"), "password": "whatever it is"})),
        ("/auth/forgot-password", |n| json!({"email": format!("nobody-{n}@example.org")})),
        ("/auth/reset-password", |n| json!({"token": format!("{n}"), "newPassword": "long walks and talks"})),
        (
            "/auth/signup",
            |n| json!({"username": format!("user-{n}"), "email": format!("{n}@example.org"), "password": "password"}),
        ),
    ];
    for (path, body) in attempts {
        let attempt = async |n: usize| app.post(path, &body(n)).await;
        assert!(until_limited(100, attempt).await >= 10, "{path}");
        // What a client says about its address is not believed.
        let forwarded = app.post(path, &body(1000)).header("x-forwarded-for", "203.0.113.7").await;
        forwarded.problem(429, "RATE_LIMITED");
    }
    app.get("/health").await.is(200);
    app.post("/auth/refresh", &json!({"refreshToken": "unknown"})).await.problem(401, "BAD_REFRESH_TOKEN");
}

#[tokio::test]
async fn behind_a_trusted_proxy_every_client_has_its_own_limit() {
    let app = limited().with("TRUSTED_PROXIES", "127.0.0.1/32").start().await;
    let from = async |app: &App, address: &str, n: usize| {
        let body = json!({"token": format!("{n}"), "newPassword": "long walks and talks"});
        app.post("/auth/reset-password", &body).header("x-forwarded-for", address).await
    };
    until_limited(100, async |n| from(&app, "203.0.113.7", n).await).await;
    from(&app, "203.0.113.7, 127.0.0.1", 1000).await.problem(429, "RATE_LIMITED");
    from(&app, "203.0.113.8", 1000).await.problem(400, "BAD_RESET_TOKEN");
    // What the client itself put in front does not count.
    from(&app, "203.0.113.9, 203.0.113.7", 1000).await.problem(429, "RATE_LIMITED");
}

#[tokio::test]
async fn behind_a_gateway_with_a_header_of_its_own_every_client_has_its_own_limit() {
    let app = limited().with("TRUSTED_PROXIES", "127.0.0.1/32").with("CLIENT_ADDRESS_HEADER", "x-real-ip");
    let app = app.start().await;
    let from = async |app: &App, address: &str, n: usize| {
        let body = json!({"token": format!("{n}"), "newPassword": "long walks and talks"});
        app.post("/auth/reset-password", &body).header("x-real-ip", address).await
    };
    until_limited(100, async |n| from(&app, "203.0.113.7", n).await).await;
    from(&app, "203.0.113.8", 1000).await.problem(400, "BAD_RESET_TOKEN");
}

#[tokio::test]
async fn one_account_is_not_flooded_with_mails() {
    let app = limited().start().await;
    app.user("alice").await;
    let ask = async |_| app.post("/auth/forgot-password", &json!({"email": "Alice@example.org"})).await;
    assert!(until_limited(19, ask).await >= 1);
    // The account is limited, not yet the address; and whether it exists makes no difference.
    let unknown = async |_| app.post("/auth/forgot-password", &json!({"email": "nobody@example.org"})).await;
    assert!(until_limited(19, unknown).await >= 1);
}

#[tokio::test]
async fn switched_off_limits_are_said_loudly() {
    let app = Topology::one_process().start().await;
    let attempt = async |n: usize| {
        app.post(
            "/auth/reset-password",
            &json!({"token": format!("{n}"), "newPassword": "long walks and talks"}),
        )
        .await
    };
    for n in 0..100 {
        attempt(n).await.problem(400, "BAD_RESET_TOKEN");
    }
    let warned =
        |log: String, what: &str| log.lines().any(|line| line.contains("WARN") && line.contains(what));
    assert!(warned(app.log(), "RATE_LIMITS"));
    assert!(warned(app.log(), "DEV_MODE"));
    let quiet = limited().with("DEV_MODE", "false").start().await;
    assert!(!warned(quiet.log(), "RATE_LIMITS") && !warned(quiet.log(), "DEV_MODE"));
}
