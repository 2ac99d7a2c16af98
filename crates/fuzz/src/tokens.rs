//! Access tokens: only what was signed with the key is one.

use std::{sync::LazyLock, time::Duration};

use kit::{config::Secret, jwt::Tokens, revocations::Revocations};
use protocol::{SessionId, Timestamp, UserId, accounts::Claims};
use uuid::Uuid;

struct Issued {
    tokens: Tokens,
    good: String,
}

static ISSUED: LazyLock<Issued> = LazyLock::new(|| {
    let secret = Secret::new("0123456789abcdef0123456789abcdef");
    let tokens = Tokens::new(&secret, Revocations::new(Duration::from_secs(900)));
    let (id, iat) = (UserId(Uuid::nil()), Timestamp::now().as_secs());
    let sid = SessionId(Uuid::nil());
    let claims = Claims { id, sub: id, username: "bob".into(), sid, iat, exp: iat + 900, jti: "1".into() };
    let good = tokens.sign(&claims).expect("claims are JSON");
    assert!(tokens.verify(&good).is_ok(), "the premise");
    Issued { tokens, good }
});

pub fn take(bytes: &[u8]) {
    let Issued { tokens, good } = &*ISSUED;
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // The corpus cannot hold a token that lives: `GOOD` stands for one, `HEADER`, `PAYLOAD` and `SIGNATURE` for its parts.
    let mut parts = good.split('.');
    let mut next = || parts.next().expect("three parts");
    let (header, payload, signature) = (next(), next(), next());
    let text = text.replace("GOOD", good).replace("HEADER", header);
    let token = text.replace("PAYLOAD", payload).replace("SIGNATURE", signature);
    assert_eq!(tokens.verify(&token).is_ok(), token == *good, "{token}");
}
