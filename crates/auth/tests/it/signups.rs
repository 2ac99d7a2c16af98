//! `POST /auth/signup`.

use serde_json::{Value, json};

use crate::harness::{PASSWORD, TestApp};

fn body(username: &str, email: &str, password: &str) -> Value {
    json!({"username": username, "email": email, "password": password})
}

#[tokio::test]
async fn signing_up_opens_a_session() {
    let app = TestApp::start().await;
    let answer = app.post("/auth/signup", body("Zoé", " Zoe@Example.org ", PASSWORD)).await.expect(201);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("set-cookie"), "");
    let user = &answer.body["user"];
    assert_eq!((&user["username"], &user["email"]), (&"Zoé".into(), &"Zoe@Example.org".into()));
    assert_eq!((answer.body.as_object().unwrap().len(), user.as_object().unwrap().len()), (3, 3));

    let claims = app.tokens.verify(answer.text("token")).unwrap();
    assert_eq!(claims.id.to_string(), user["id"].as_str().unwrap());
    assert_eq!((claims.id, claims.exp - claims.iat), (claims.sub, 900));
    assert_eq!(claims.username, "Zoé");

    let refresh_token = answer.text("refreshToken");
    assert_eq!(hex::decode(refresh_token).unwrap().len(), 48);
    let stored: String = app.value("SELECT token_hash FROM refresh_tokens").await;
    assert_ne!(stored, refresh_token);
    let hash: String = app.value("SELECT password_hash FROM users").await;
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
}

#[tokio::test]
async fn names_and_addresses_are_unique_ignoring_case() {
    let app = TestApp::start().await;
    app.sign_up("Straße").await;
    for name in ["straße", "STRASSE", "ｓｔｒａｓｓｅ"] {
        let answer = app.post("/auth/signup", body(name, "other@example.org", PASSWORD)).await;
        answer.refused(409, "USERNAME_TAKEN").names("username", "TAKEN");
    }
    let answer = app.post("/auth/signup", body("other", "STRASSE@example.ORG", PASSWORD)).await;
    answer.refused(409, "EMAIL_TAKEN").names("email", "TAKEN");
    app.post("/auth/signup", body("other", "other@example.org", PASSWORD)).await.expect(201);
}

#[tokio::test]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    let app = TestApp::start().await;
    let answers =
        (0..8).map(|i| app.post("/auth/signup", body("anna", &format!("{i}@example.org"), PASSWORD)));
    let mut statuses = Vec::new();
    for answer in futures::future::join_all(answers).await {
        statuses.push(answer.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(app.value::<i64>("SELECT COUNT(*) FROM users").await, 1);
    assert_eq!(app.value::<i64>("SELECT COUNT(*) FROM refresh_tokens").await, 1);
}

#[tokio::test]
async fn passwords_that_are_guessed_at_once_are_refused() {
    let app = TestApp::start().await;
    for password in ["password1", "margarethe", "MARGARETHE@example.org"] {
        let answer = app.post("/auth/signup", body("margarethe", "margarethe@example.org", password)).await;
        answer.refused(400, "INVALID").names("password", "TOO_WEAK");
    }
    for (password, code) in [("x9$Kw", "TOO_SHORT"), (&*"x9$Kw".repeat(26), "TOO_LONG")] {
        let answer = app.post("/auth/signup", body("margarethe", "margarethe@example.org", password)).await;
        answer.refused(400, "INVALID").names("password", code);
    }
    let longest = "x9$Kw.qZ".repeat(16);
    app.post("/auth/signup", body("margarethe", "margarethe@example.org", &longest)).await.expect(201);
    app.log_in("margarethe", &longest).await.expect(200);
}

#[tokio::test]
async fn closed_signups_say_so() {
    let app = TestApp::with(|config| config.signups_open = false).await;
    let answer = app.post("/auth/signup", body("anna", "anna@example.org", PASSWORD)).await;
    answer.refused(403, "SIGNUPS_CLOSED");
}

#[tokio::test]
async fn all_fields_at_fault_are_named_at_once() {
    let app = TestApp::start().await;
    let answer = app.post("/auth/signup", body("a", "nope", "short")).await.refused(400, "INVALID");
    let fields: Vec<_> =
        answer.body["errors"].as_array().unwrap().iter().map(|e| e["field"].clone()).collect();
    assert_eq!(fields, ["username", "email", "password"]);
}
