//! Sessions in a cookie.

use serde_json::{Value, json};

use crate::harness::{Answer, FRONTEND_URL, PASSWORD, TestApp};

/// The cookie's value and its attributes.
fn cookie(answer: &Answer) -> (String, String) {
    let header = answer.header("set-cookie").to_owned();
    let (pair, attributes) = header.split_once("; ").expect("a cookie");
    let (name, token) = pair.split_once('=').expect("a name and a token");
    let is_secure = attributes.ends_with("; Secure");
    assert_eq!(name, if is_secure { "__Secure-refresh_token" } else { "refresh_token" });
    (token.to_owned(), attributes.to_owned())
}

async fn sign_up(app: &TestApp) -> String {
    let body =
        json!({"username": "anna", "email": "anna@example.org", "password": PASSWORD, "session": "cookie"});
    let answer = app.post("/auth/signup", body).await.expect(201);
    assert!(answer.body.get("refreshToken").is_none());
    let (token, attributes) = cookie(&answer);
    assert_eq!(attributes, "Path=/auth; Max-Age=1209600; HttpOnly; SameSite=Strict");
    token
}

async fn send(app: &TestApp, path: &str, token: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let mut request = app.request("POST", path).header("cookie", format!("refresh_token={token}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::of(request.json(body)).await
}

#[tokio::test]
async fn the_token_travels_in_the_cookie_only() {
    let app = TestApp::start().await;
    let first = sign_up(&app).await;
    let origin = [("origin", app.url.as_str())];
    let answer = send(&app, "/auth/refresh", &first, &origin, &json!({})).await.expect(200);
    assert!(answer.body.get("refreshToken").is_none());
    assert_eq!(answer.header("cache-control"), "no-store");
    let (second, attributes) = cookie(&answer);
    assert_ne!(second, first);
    assert_eq!(attributes, "Path=/auth; Max-Age=1209600; HttpOnly; SameSite=Strict");

    let answer = send(&app, "/auth/logout", &second, &origin, &json!({})).await.expect(200);
    assert_eq!(cookie(&answer), (String::new(), "Path=/auth; Max-Age=0; HttpOnly; SameSite=Strict".into()));
    send(&app, "/auth/refresh", &second, &origin, &json!({})).await.refused(401, "BAD_REFRESH_TOKEN");
}

#[tokio::test]
async fn login_and_refresh_give_a_cookie_when_asked() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let body = json!({"email": "anna", "password": PASSWORD, "session": "cookie"});
    let answer = app.post("/auth/login", body).await.expect(200);
    assert!(answer.body.get("refreshToken").is_none() && !cookie(&answer).0.is_empty());

    let body = json!({"refreshToken": anna.refresh_token, "session": "cookie"});
    let answer = app.post("/auth/refresh", body).await.expect(200);
    assert!(answer.body.get("refreshToken").is_none() && !cookie(&answer).0.is_empty());
}

#[tokio::test]
async fn pages_of_other_origins_cannot_use_the_cookie() {
    let app = TestApp::start().await;
    let token = sign_up(&app).await;
    let wrong: [&[(&str, &str)]; 6] = [
        &[],
        &[("origin", "null")],
        &[("origin", "https://evil.example")],
        &[("origin", "https://chat.example.org.evil.example")],
        &[("origin", "http://127.0.0.1")],
        &[("sec-fetch-site", "cross-site")],
    ];
    for headers in wrong {
        for path in ["/auth/refresh", "/auth/logout"] {
            send(&app, path, &token, headers, &json!({})).await.refused(403, "BAD_ORIGIN");
        }
    }
    let plain = app.request("POST", "/auth/refresh").header("cookie", format!("refresh_token={token}"));
    let form = plain.header("origin", &app.url).header("content-type", "text/plain").body("{}");
    Answer::of(form).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    // Nothing of that used the token up.
    assert_eq!(app.value::<Option<i64>>("SELECT used_at FROM refresh_tokens").await, None);

    let right: [&[(&str, &str)]; 2] = [&[("origin", FRONTEND_URL)], &[("sec-fetch-site", "same-origin")]];
    for headers in right {
        send(&app, "/auth/refresh", &token, headers, &json!({})).await.expect(200);
    }
}

#[tokio::test]
async fn the_scheme_of_the_origin_may_differ_behind_a_proxy() {
    let app = TestApp::start().await;
    let token = sign_up(&app).await;
    let origin = app.url.replace("http://", "https://");
    send(&app, "/auth/refresh", &token, &[("origin", &origin)], &json!({})).await.expect(200);
}

#[tokio::test]
async fn the_cookie_is_secure_where_a_trusted_proxy_says_https() {
    let body = json!({"email": "nobody", "password": PASSWORD, "session": "cookie"});
    let https = [("x-forwarded-proto", "https")];
    for (is_trusted, expected) in [(true, true), (false, false)] {
        let app = TestApp::with(|config| {
            if is_trusted {
                let ranges = vec!["127.0.0.0/8".parse().unwrap()];
                config.trusted_proxies = kit::address::TrustedProxies::new(ranges);
            }
        })
        .await;
        app.post("/auth/login", body.clone()).await.refused(401, "BAD_CREDENTIALS");
        let anna = app.sign_up("anna").await;
        let body = json!({"refreshToken": anna.refresh_token, "session": "cookie"});
        let answer = send(&app, "/auth/refresh", "", &https, &body).await.expect(200);
        assert_eq!(cookie(&answer).1.ends_with("; Secure"), expected);
    }
}

#[tokio::test]
async fn a_token_in_the_body_comes_before_the_cookie_and_needs_no_origin() {
    let app = TestApp::start().await;
    let kept = sign_up(&app).await;
    let other = app.sign_up("bob").await;
    let body = json!({"refreshToken": other.refresh_token});
    let answer = send(&app, "/auth/refresh", &kept, &[], &body).await.expect(200);
    assert_eq!(answer.body["user"]["username"], "bob");
    assert_eq!(answer.header("set-cookie"), "");
    let body = json!({"refreshToken": answer.text("refreshToken")});
    let answer = send(&app, "/auth/logout", &kept, &[], &body).await.expect(200);
    assert_eq!(answer.header("set-cookie"), "");
    send(&app, "/auth/refresh", &kept, &[("origin", FRONTEND_URL)], &json!({})).await.expect(200);
}

#[tokio::test]
async fn without_any_token_there_is_nothing_to_refresh() {
    let app = TestApp::start().await;
    let answer = app.post("/auth/refresh", json!({})).await.refused(400, "INVALID");
    answer.names("refreshToken", "REQUIRED");
    app.post("/auth/refresh", json!({"session": "cookie"})).await.refused(401, "BAD_REFRESH_TOKEN");
    app.post("/auth/logout", json!({"session": "cookie"})).await.expect(200);
}
