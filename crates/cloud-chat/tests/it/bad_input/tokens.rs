//! Tokens that are expired, forged, replayed, or no tokens at all.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::harness::{
    JWT_SECRET, Topology, User, eventually,
    tokens::{claims_of, expired, sign, sign_under, sign_with, unsigned},
};

pub async fn bad_access_tokens_are_refused_by_auth_and_by_chat(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let good = alice.token.clone();
    let claims = claims_of(&good);
    // The premise: what is signed here with the right key and algorithm is taken.
    app.get("/users/me").bearer(&sign(&claims)).await.is(200);

    let mut bad = vec![
        String::new(),
        "nonsense".into(),
        "a.b.c".into(),
        "..".into(),
        "x".repeat(7000),
        expired(&good),
        unsigned(&good),
        unsigned(&good).replace("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0", "eyJhbGciOiJOT05FIn0"),
        sign_with(Algorithm::HS256, "another-secret-another-secret-another", &claims),
        sign_with(Algorithm::HS256, "", &claims),
        sign_with(Algorithm::HS384, JWT_SECRET, &claims),
        sign_with(Algorithm::HS512, JWT_SECRET, &claims),
        good[..good.len() - 2].to_owned(),
        with_payload_of(&good, &altered(&claims, "username", json!("bob"))),
        format!("{good}.{good}"),
        alice.refresh_token.clone(),
    ];
    for name in ["id", "sub", "sid", "username", "iat", "exp", "jti"] {
        bad.push(sign(&altered(&claims, name, Value::Null)));
    }
    for (name, value) in [
        ("id", json!("x")),
        ("id", json!(7)),
        ("exp", json!("tomorrow")),
        ("exp", json!(-1)),
        ("sid", json!("")),
    ] {
        bad.push(sign(&altered(&claims, name, value)));
    }
    for token in &bad {
        for path in ["/users/me", "/users", "/rooms/my-rooms", "/rooms/general", "/messages/1"] {
            app.get(path).bearer(token).await.problem(401, "UNAUTHORIZED");
        }
    }
    for header in [
        good.clone(),
        format!("Basic {good}"),
        format!("Bearer{good}"),
        "Bearer".into(),
        format!("Token {good}"),
    ] {
        app.get("/users/me").header("authorization", &header).await.problem(401, "UNAUTHORIZED");
    }
    app.get("/users/me").header("authorization", &format!("bearer {good}")).await.is(200);
    app.get(&format!("/users/me?token={good}")).await.problem(401, "UNAUTHORIZED");
    app.assert_healthy().await;
}

/// The algorithm is ours to choose, and so is the key: a header that names others is not asked.
pub async fn what_a_tokens_header_says_changes_nothing(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let claims = claims_of(&alice.token);
    let shown = async |token: &str| app.get("/rooms/my-rooms").bearer(token).await;
    let jwk = json!({"kty": "oct", "k": "c29tZWJvZHktZWxzZXMta2V5"});
    let pointers = [
        json!({"kid": "../../../../dev/null"}),
        json!({"kid": "/proc/sys/kernel/randomize_va_space"}),
        json!({"kid": "x' UNION SELECT 'somebody-elses-key' -- "}),
        json!({"kid": "| somebody-elses-key"}),
        json!({"jku": "https://evil.example/keys.json"}),
        json!({"x5u": "https://evil.example/key.pem"}),
        json!({"jwk": jwk}),
    ];
    for pointer in &pointers {
        let mut header = json!({"alg": "HS256", "typ": "JWT"});
        header.as_object_mut().expect("an object").extend(pointer.as_object().expect("an object").clone());
        for key in ["", "\0", "2", "somebody-elses-key"] {
            shown(&sign_under(&header, &claims, key)).await.problem(401, "UNAUTHORIZED");
        }
    }
    // With the right key a name for it harms nobody.
    shown(&sign_under(&json!({"alg": "HS256", "kid": "1"}), &claims, JWT_SECRET)).await.is(200);

    // The secret taken for a public key, or the signature for one of another kind.
    let others = ["RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS384", "HS512", "none", "None", "NONE"];
    for algorithm in others.into_iter().chain(["", "hs256", "HS256 ", "HS256\0"]) {
        let token = sign_under(&json!({"alg": algorithm, "typ": "JWT"}), &claims, JWT_SECRET);
        shown(&token).await.problem(401, "UNAUTHORIZED");
    }
    for header in [json!({}), json!({"alg": null}), json!({"alg": ["HS256"]}), json!([]), json!("HS256")] {
        shown(&sign_under(&header, &claims, JWT_SECRET)).await.problem(401, "UNAUTHORIZED");
    }
}

/// RFC 7519 §4.1.3 and §4.1.5.
pub async fn a_token_for_later_or_for_others_is_refused(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let claims = claims_of(&alice.token);
    let iat = claims["iat"].as_i64().expect("iat");
    let shown = async |name: &str, value: Value| {
        let token = sign(&altered(&claims, name, value));
        (app.get("/users/me").bearer(&token).await, app.get("/rooms/my-rooms").bearer(&token).await)
    };
    let (auth, chat) = shown("nbf", json!(iat - 10)).await;
    assert_eq!((auth.status, chat.status), (200, 200));
    for (name, value) in [
        ("nbf", json!(iat + 600)),
        ("aud", json!("https://another.example")),
        ("aud", json!(["https://another.example"])),
    ] {
        let (auth, chat) = shown(name, value).await;
        auth.problem(401, "UNAUTHORIZED");
        chat.problem(401, "UNAUTHORIZED");
    }
}

fn altered(claims: &Value, name: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    claims[name] = value;
    claims
}

/// Another payload under the old signature.
fn with_payload_of(token: &str, claims: &Value) -> String {
    let other = sign(claims);
    let mut parts: Vec<_> = token.split('.').collect();
    parts[1] = other.split('.').nth(1).expect("a payload");
    parts.join(".")
}

pub async fn replayed_tokens_buy_nothing(topology: Topology) {
    let app = topology.start().await;
    let mut alice = app.user("alice").await;
    let first = alice.clone();
    alice.refresh().await;
    alice.refresh().await;

    // A refresh token two uses old ends the session, the thief's and the owner's.
    first.try_refresh().await.problem(401, "BAD_REFRESH_TOKEN");
    alice.try_refresh().await.problem(401, "BAD_REFRESH_TOKEN");
    for session in [&first, &alice] {
        session.get("/users/me").await.problem(401, "SESSION_REVOKED");
        let asks_chat = || session.get("/rooms/general");
        eventually("chat has heard of it", async || (asks_chat().await.status == 401).then_some(())).await;
        asks_chat().await.problem(401, "SESSION_REVOKED");
    }

    // A reset token is worth one password, and none of the links sent before it outlive that.
    let (older, newer) = (reset_token(&alice).await, reset_token(&alice).await);
    let reset = |token: &str| {
        app.post(
            "/auth/reset-password",
            &json!({"token": token, "newPassword": "an entirely other phrase 9"}),
        )
    };
    reset(&newer).await.is(200);
    reset(&newer).await.problem(400, "BAD_RESET_TOKEN");
    reset(&older).await.problem(400, "BAD_RESET_TOKEN");
}

async fn reset_token(user: &User) -> String {
    let body = json!({"email": user.email});
    let answer = user.api.post("/auth/forgot-password", &body).await.is(200).json();
    let link = answer["resetLink"].as_str().expect("DEV_MODE answers with the link");
    link.split_once("token=").expect("a token").1.to_owned()
}
