//! Every field of every body with what nobody should send.

use serde_json::{Value, json};

use crate::harness::{Answer, PASSWORD, TestApp};

/// Each body with its fields, valid but for the one under test.
fn bodies() -> Vec<(&'static str, &'static str, Value)> {
    let email = "anna@example.org";
    vec![
        ("POST", "/auth/signup", json!({"username": "anna", "email": email, "password": PASSWORD})),
        ("POST", "/auth/login", json!({"email": email, "password": PASSWORD})),
        ("POST", "/auth/forgot-password", json!({"email": email})),
        ("POST", "/auth/reset-password", json!({"token": "x", "newPassword": PASSWORD})),
        ("POST", "/auth/refresh", json!({"refreshToken": "x"})),
        ("POST", "/auth/logout", json!({"refreshToken": "x"})),
        (
            "PATCH",
            "/users/{id}",
            json!({"username": "anne", "email": email, "password": PASSWORD, "currentPassword": PASSWORD}),
        ),
        ("DELETE", "/users/{id}", json!({"currentPassword": PASSWORD})),
    ]
}

async fn send(
    app: &TestApp,
    person: &crate::harness::Person<'_>,
    method: &str,
    path: &str,
    body: String,
) -> Answer {
    let request = app.request(method, &path.replace("{id}", &person.id)).bearer_auth(&person.token);
    Answer::of(request.header("content-type", "application/json").body(body)).await
}

#[tokio::test]
async fn every_field_is_refused_by_name_when_it_is_empty_too_long_or_of_the_wrong_type() {
    let app = TestApp::start().await;
    let person = app.sign_up("somebody").await;
    for (method, path, body) in bodies() {
        for field in body.as_object().unwrap().keys() {
            for (value, code) in [
                (json!(""), "TOO_SHORT"),
                (json!("x".repeat(5000)), "TOO_LONG"),
                (json!(7), "WRONG_TYPE"),
                (json!(["x"]), "WRONG_TYPE"),
                (json!({"x": 1}), "WRONG_TYPE"),
                (json!(true), "WRONG_TYPE"),
            ] {
                let mut bad = body.clone();
                bad[field] = value;
                let answer = send(&app, &person, method, path, bad.to_string()).await;
                answer.refused(400, "INVALID").names(field, code);
            }
        }
    }
}

#[tokio::test]
async fn a_missing_field_is_named() {
    let app = TestApp::start().await;
    let person = app.sign_up("somebody").await;
    for (method, path, body) in bodies() {
        if method == "PATCH" || path == "/auth/logout" {
            continue;
        }
        for field in body.as_object().unwrap().keys() {
            let mut bad = body.clone();
            bad.as_object_mut().unwrap().remove(field);
            let answer = send(&app, &person, method, path, bad.to_string()).await;
            answer.refused(400, "INVALID").names(field, "REQUIRED");
        }
    }
}

#[tokio::test]
async fn what_is_no_json_object_is_refused() {
    let app = TestApp::start().await;
    let person = app.sign_up("somebody").await;
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    for (method, path, body) in bodies() {
        for text in ["", "{", "nope", "{\"email\": \"x", &format!("{body} x")] {
            send(&app, &person, method, path, text.into()).await.refused(400, "BAD_JSON");
        }
        for text in ["[]", "null", "7", "\"x\""] {
            send(&app, &person, method, path, text.into()).await.refused(400, "INVALID");
        }
        send(&app, &person, method, path, deep.clone()).await.expect(400);
        send(&app, &person, method, path, format!("{{\"x\": \"{}\"}}", "x".repeat(1_000_000)))
            .await
            .refused(413, "TOO_LARGE");
        let request = app.request(method, &path.replace("{id}", &person.id)).bearer_auth(&person.token);
        Answer::of(request.body("{}")).await.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    person.is_in().await;
}

#[tokio::test]
async fn lone_surrogates_are_no_json() {
    let app = TestApp::start().await;
    let person = app.sign_up("somebody").await;
    for (method, path, body) in bodies() {
        for field in body.as_object().unwrap().keys() {
            let mut bad = body.clone();
            bad[field] = "SURROGATE".into();
            let bad = bad.to_string().replace("SURROGATE", "anna\\ud83d");
            send(&app, &person, method, path, bad).await.refused(400, "BAD_JSON");
        }
    }
}

#[tokio::test]
async fn usernames_have_no_invisible_or_turning_characters() {
    let app = TestApp::start().await;
    let anna = app.sign_up("somebody").await;
    for name in [
        "an\0na",
        "an na",
        "an\u{200B}na",
        "\u{202E}anna",
        "anna\u{200F}",
        "an\u{2066}na",
        "an\u{FEFF}na",
        "anna\n",
        "\u{3164}\u{3164}\u{3164}",
        "an\u{AD}na",
        "anna@",
        "😀😀😀",
        "an/na",
    ] {
        let body = json!({"username": name, "email": "anna@example.org", "password": PASSWORD});
        app.post("/auth/signup", body).await.refused(400, "INVALID").names("username", "BAD_FORMAT");
        anna.change(json!({"username": name})).await.refused(400, "INVALID").names("username", "BAD_FORMAT");
        app.log_in(name, PASSWORD).await.refused(401, "BAD_CREDENTIALS");
    }
    let wide = "\u{FDFA}".repeat(32);
    let body = json!({"username": wide, "email": "anna@example.org", "password": PASSWORD});
    app.post("/auth/signup", body).await.refused(400, "INVALID").names("username", "TOO_LONG");
    anna.change(json!({"username": wide})).await.refused(400, "INVALID").names("username", "TOO_LONG");
    for name in ["محمد", "שלום", "美咲子", "Жанна", "a.b-c_9"] {
        anna.change(json!({"username": name})).await.expect(200);
    }
}

#[tokio::test]
async fn emails_have_no_control_characters() {
    let app = TestApp::start().await;
    for email in [
        "an\0na@example.org",
        "anna@exam\nple.org",
        "\u{202E}anna@example.org",
        "anna",
        "a@b@c.de",
        "anna@\u{200B}.org",
    ] {
        let body = json!({"username": "anna", "email": email, "password": PASSWORD});
        app.post("/auth/signup", body).await.refused(400, "INVALID").names("email", "BAD_FORMAT");
        let answer = app.post("/auth/forgot-password", json!({"email": email})).await;
        answer.refused(400, "INVALID").names("email", "BAD_FORMAT");
    }
}

#[tokio::test]
async fn passwords_and_tokens_may_hold_anything() {
    let app = TestApp::start().await;
    let odd = "pa\0ss \u{202E}wörd 😀 7";
    let body = json!({"username": "anna", "email": "anna@example.org", "password": odd});
    app.post("/auth/signup", body).await.expect(201);
    app.log_in("anna", odd).await.expect(200);
    app.log_in("anna", "pa").await.refused(401, "BAD_CREDENTIALS");
    app.refresh("\0").await.refused(401, "BAD_REFRESH_TOKEN");
    let body = json!({"token": "\0", "newPassword": PASSWORD});
    app.post("/auth/reset-password", body).await.refused(400, "BAD_RESET_TOKEN");
}

#[tokio::test]
async fn expired_and_forged_access_tokens_are_refused() {
    let app = TestApp::start().await;
    let anna = app.sign_up("anna").await;
    let mut claims = (*app.tokens.verify(&anna.token).unwrap()).clone();
    claims.exp = claims.iat - 1;
    let expired = app.tokens.sign(&claims).unwrap();
    let secret = kit::config::Secret::new("another-secret-another-secret-another");
    let revocations = kit::revocations::Revocations::new(std::time::Duration::from_secs(900));
    claims.exp = claims.iat + 900;
    let forged = kit::jwt::Tokens::new(&secret, revocations).sign(&claims).unwrap();
    let payload = anna.token.split('.').nth(1).unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
    for token in [expired, forged, unsigned, String::new(), "x".repeat(5000)] {
        Answer::of(app.request("GET", "/users/me").bearer_auth(&token)).await.refused(401, "UNAUTHORIZED");
    }
    for header in ["Basic YTpi", "Bearer", &format!("Token {}", anna.token)] {
        let request = app.request("GET", "/users/me").header("authorization", header);
        Answer::of(request).await.refused(401, "UNAUTHORIZED");
    }
    anna.is_in().await;
}
