//! `/auth/*`: signing up, logging in, refreshing, leaving, forgetting a password.

use std::{future::IntoFuture, time::Duration};

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Answer, App, Topology, User, assert_shape, tokens::claims_of};

fn session() -> serde_json::Value {
    let user = json!({"id": "<uuid>", "username": "<text>", "email": "<text>"});
    json!({"user": user, "token": "<jwt>", "refreshToken": "<refresh>"})
}

pub async fn signup_login_and_refresh_answer_with_a_session(topology: Topology) {
    let app = topology.start().await;
    let body = json!({"username": "Alice.B-9_é", "email": "Alice@Example.org", "password": "long walks and short talks"});

    let signup = app.post("/auth/signup", &body).await.is(201);
    assert_shape(&signup.json(), &session());
    assert_eq!(signup.json()["user"]["username"], "Alice.B-9_é");
    let mut tokens = vec![signup];
    for email in ["alice@example.org", "ALICE@EXAMPLE.ORG", "alice.b-9_É"] {
        let login = json!({"email": email, "password": "long walks and short talks"});
        tokens.push(app.post("/auth/login", &login).await.is(200));
    }
    let refresh = json!({"refreshToken": tokens[0].json()["refreshToken"]});
    tokens.push(app.post("/auth/refresh", &refresh).await.is(200));

    for answer in &tokens {
        assert_shape(&answer.json(), &session());
        assert_eq!(answer.json()["user"], tokens[0].json()["user"]);
        assert_eq!(answer.header("cache-control"), "no-store");
        answer.assert_common_headers();
    }
    let distinct = |field: &str| {
        let mut values: Vec<_> = tokens.iter().map(|answer| answer.json()[field].to_string()).collect();
        values.sort();
        values.dedup();
        values.len()
    };
    assert_eq!((distinct("token"), distinct("refreshToken")), (5, 5));
}

pub async fn an_access_token_claims_what_the_contract_says(topology: Topology) {
    let app = topology.clone().start().await;
    let mut alice = app.user("alice").await;
    let first = claims_of(&alice.token);
    let claims = json!({"id": alice.id, "sub": alice.id, "username": "alice", "sid": "<uuid>", "iat": "<id>", "exp": "<id>", "jti": "<text>"});
    assert_shape(&first, &claims);
    let lifetime = |claims: &Value| {
        let secs = |name: &str| claims[name].as_i64().expect("seconds");
        secs("exp") - secs("iat")
    };
    assert_eq!(lifetime(&first), 900);

    alice.refresh().await;
    let second = claims_of(&alice.token);
    assert_eq!(second["sid"], first["sid"], "a refresh stays in the session");
    assert_ne!(second["jti"], first["jti"]);
    assert_ne!(claims_of(&alice.log_in().await.token)["sid"], first["sid"]);

    let app = topology.with("JWT_EXPIRES_IN", "2h").start().await;
    let claims = claims_of(&app.user("bob").await.token);
    assert_eq!(lifetime(&claims), 7200);
}

pub async fn the_previous_refresh_token_gets_the_same_successor_again_for_a_moment(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let body = json!({"refreshToken": alice.refresh_token});

    let answers = join_all((0..6).map(|_| app.post("/auth/refresh", &body).into_future())).await;

    let successors: Vec<_> =
        answers.into_iter().map(|answer| answer.is(200).json()["refreshToken"].clone()).collect();
    assert!(successors.iter().all(|token| *token == successors[0]), "one branch: {successors:?}");
    app.post("/auth/refresh", &json!({"refreshToken": successors[0]})).await.is(200);
    // The successor is used: the first one is now two uses old, and whoever shows it is a thief.
    app.post("/auth/refresh", &body).await.problem(401, "BAD_REFRESH_TOKEN");
    alice.get("/users/me").await.problem(401, "SESSION_REVOKED");
}

pub async fn bad_refresh_tokens_are_refused_and_logout_never_complains(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    for token in ["", "x", &"0".repeat(96), &alice.token] {
        let body = json!({"refreshToken": token});
        let answer = app.post("/auth/refresh", &body).await;
        assert!([400, 401].contains(&answer.status), "{token}: {}", answer.text());
        answer.any_problem(answer.status);
    }
    app.post("/auth/refresh", &json!({})).await.problem(400, "INVALID");
    for token in ["x", &"0".repeat(96), &alice.refresh_token, &alice.refresh_token] {
        let answer = app.post("/auth/logout", &json!({"refreshToken": token})).await.is(200);
        assert_eq!(answer.json(), json!({"ok": true}));
    }
    alice.try_refresh().await.problem(401, "BAD_REFRESH_TOKEN");
}

pub async fn a_wrong_password_and_an_unknown_email_look_the_same(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    alice.try_log_in(&alice.password).await.is(200);
    let login = async |email: &str| {
        app.post("/auth/login", &json!({"email": email, "password": "not her password"})).await
    };

    let without_id = |answer: Answer| {
        let mut headers = answer.headers.clone();
        for name in ["x-request-id", "date"] {
            headers.remove(name);
        }
        (answer.problem(401, "BAD_CREDENTIALS"), headers)
    };
    let wrong = without_id(login("alice@example.org").await);
    for unknown in ["nobody@example.org", "nobody", "alice@example.org.", "*"] {
        assert_eq!(without_id(login(unknown).await), wrong, "{unknown}");
    }

    // The same work is done for both: medians of a few tries lie close together.
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..7 {
        for (email, times) in ["alice@example.org", "nobody@example.org"].iter().zip(&mut times) {
            let begun = std::time::Instant::now();
            login(email).await;
            times.push(begun.elapsed());
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[3]
    });
    assert!(known < unknown * 3 && unknown < known * 3, "{known:?} against {unknown:?}");
    assert!(unknown > Duration::from_millis(2), "no hash was computed: {unknown:?}");
}

pub async fn a_forgotten_password_is_reset_once(topology: Topology) {
    let app = topology.with("FRONTEND_URL", "https://chat.example.org").start().await;
    let alice = app.user("alice").await;

    let first = reset_link(&app, &alice).await;
    let token =
        first.strip_prefix("https://chat.example.org/reset-password?token=").expect("the contract's link");
    let unknown =
        app.post("/auth/forgot-password", &json!({"email": "nobody@example.org"})).await.is(200).json();
    assert_eq!(unknown, json!({"ok": true}));

    let reset =
        |password: &str| app.post("/auth/reset-password", &json!({"token": token, "newPassword": password}));
    reset("short").await.problem(400, "INVALID");
    reset("alice@example.org").await.problem(400, "INVALID");
    assert_eq!(reset("an entirely other phrase 9").await.is(200).json(), json!({"ok": true}));
    reset("and now another one 10").await.problem(400, "BAD_RESET_TOKEN");
    alice.try_log_in("an entirely other phrase 9").await.is(200);
    for token in ["x", &"0".repeat(96), &alice.token] {
        let body = json!({"token": token, "newPassword": "an entirely other phrase 9"});
        app.post("/auth/reset-password", &body).await.problem(400, "BAD_RESET_TOKEN");
    }
}

async fn reset_link(app: &App, user: &User) -> String {
    let answer = app.post("/auth/forgot-password", &json!({"email": user.email})).await.is(200).json();
    assert_shape(&answer, &json!({"ok": true, "resetLink": "<text>"}));
    answer["resetLink"].as_str().expect("checked above").to_owned()
}

pub async fn without_dev_mode_nobody_is_given_a_reset_link(topology: Topology) {
    let app = topology.with("DEV_MODE", "false").start().await;
    let alice = app.user("alice").await;
    for email in [alice.email.as_str(), "nobody@example.org"] {
        let answer = app.post("/auth/forgot-password", &json!({"email": email})).await.is(200);
        assert_eq!(answer.json(), json!({"ok": true}));
    }
}

pub async fn closed_signups_are_refused(topology: Topology) {
    let app = topology.with("SIGNUPS", "closed").start().await;
    let body =
        json!({"username": "alice", "email": "alice@example.org", "password": "long walks and short talks"});
    app.post("/auth/signup", &body).await.problem(403, "SIGNUPS_CLOSED");
}

pub async fn guessable_passwords_are_refused(topology: Topology) {
    let app = topology.start().await;
    for password in ["password", "12345678", "qwertyuiop", "Alice.Miller", "alice@example.org"] {
        let body = json!({"username": "alice.miller", "email": "alice@example.org", "password": password});
        let problem = app.post("/auth/signup", &body).await.problem(400, "INVALID");
        assert_eq!(
            (&problem["errors"][0]["field"], &problem["errors"][0]["code"]),
            (&json!("password"), &json!("TOO_WEAK"))
        );
    }
}

#[tokio::test]
async fn health_is_ok_and_says_so_on_both_paths() {
    let app = Topology::one_process().start().await;
    for path in ["/health", "/auth/health"] {
        let answer = app.get(path).await.is(200);
        answer.assert_common_headers();
        let expected = json!({"status": "ok", "version": "<text>", "time": "<time>", "dependencies": {"database": "up"}});
        assert_shape(&answer.json(), &expected);
    }
}
