//! Access tokens: signed by auth, verified locally by every role, refused once their session ended.

mod seen;

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use protocol::{
    Code, SessionId, Timestamp, UserId, accounts::Claims, checks::TOKEN_BYTES_MAX, seams::Sender,
};
use sha2::Sha256;

use crate::{Error, Kind, config::Secret, revocations::Revocations};
use seen::Seen;

/// Signs and verifies with `JWT_SECRET`, HS256 and nothing else.
#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    revocations: Revocations,
    secret: Secret,
    seen: Arc<Seen>,
}

impl Tokens {
    pub fn new(secret: &Secret, revocations: Revocations) -> Self {
        let bytes = secret.expose().as_bytes();
        Self {
            signing: EncodingKey::from_secret(bytes),
            verifying: DecodingKey::from_secret(bytes),
            revocations,
            secret: secret.clone(),
            seen: Arc::default(),
        }
    }

    /// A key of its own for another purpose, so that no two uses share one.
    pub fn derive_key(&self, purpose: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    pub fn sign(&self, claims: &Claims) -> Result<String, Error> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.signing).map_err(Error::internal)
    }

    /// The claims of a token that is ours, unexpired, and whose session lives.
    pub fn verify(&self, token: &str) -> Result<Arc<Claims>, Error> {
        let claims = self.signed_by_us(token)?;
        let now = Timestamp::now();
        // A lifetime that was shortened counts for older tokens, too: revocations are not kept for longer than that.
        let is_alive =
            claims.exp >= now.as_secs() && claims.iat >= (now - self.revocations.token_lifetime()).as_secs();
        if !is_alive {
            return Err(Error::unauthorized());
        }
        if self.revocations.contains(claims.sid) {
            return Err(Error::refused(
                Kind::Unauthorized,
                Code::SessionRevoked,
                "This session has ended. Log in again.",
            ));
        }
        Ok(claims)
    }

    fn signed_by_us(&self, token: &str) -> Result<Arc<Claims>, Error> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Error::unauthorized());
        }
        if let Some(claims) = self.seen.get(token) {
            return Ok(claims);
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.validate_nbf = true;
        // `verify` looks at it each time.
        validation.validate_exp = false;
        // Ours name no audience; one that does is meant for somebody else (RFC 7519 §4.1.3), which is the default.
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.verifying, &validation);
        let claims = Arc::new(decoded.map_err(|_| Error::unauthorized())?.claims);
        self.seen.insert(token, claims.clone());
        Ok(claims)
    }
}

/// Whoever a valid `Authorization: Bearer` token names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentUser {
    pub id: UserId,
    pub username: String,
    pub session: SessionId,
}

impl CurrentUser {
    pub fn sender(&self) -> Sender {
        Sender { user_id: self.id, username: self.username.clone() }
    }
}

impl From<&Claims> for CurrentUser {
    fn from(claims: &Claims) -> Self {
        Self { id: claims.id, username: claims.username.clone(), session: claims.sid }
    }
}

impl<S> FromRequestParts<S> for CurrentUser
where
    S: Send + Sync,
    Tokens: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let token = bearer(parts).ok_or_else(Error::unauthorized)?;
        Ok(Self::from(&*Tokens::from_ref(state).verify(token)?))
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn tokens(secret: &str) -> Tokens {
        Tokens::new(&Secret::new(secret), Revocations::new(Duration::from_secs(900)))
    }

    fn claims(lifetime_secs: i64) -> Claims {
        let id = UserId::random();
        let iat = Timestamp::now().as_secs();
        let sid = SessionId::random();
        Claims { id, sub: id, username: "bob".into(), sid, iat, exp: iat + lifetime_secs, jti: "1".into() }
    }

    #[test]
    fn a_token_comes_back_as_its_claims() {
        let tokens = tokens("0123456789abcdef0123456789abcdef");
        let claims = claims(60);
        assert_eq!(*tokens.verify(&tokens.sign(&claims).unwrap()).unwrap(), claims);
    }

    #[test]
    fn a_token_that_was_good_before_is_refused_once_its_time_is_over_or_its_session_ended() {
        let tokens = tokens("0123456789abcdef0123456789abcdef");
        let (brief, revoked) = (claims(0), claims(60));
        let [first, second] = [&brief, &revoked].map(|claims| tokens.sign(claims).unwrap());
        assert!(tokens.verify(&second).is_ok());
        tokens.revocations().add_now(&[revoked.sid]);
        assert_eq!(tokens.verify(&second).unwrap_err().code(), Code::SessionRevoked);
        // Of this second only. As if it had been seen then:
        tokens.seen.insert(&first, Arc::new(Claims { exp: brief.exp - 1, ..brief }));
        assert_eq!(tokens.verify(&first).unwrap_err().code(), Code::Unauthorized);
    }

    #[test]
    fn more_tokens_than_are_remembered_are_all_verified() {
        let tokens = tokens("0123456789abcdef0123456789abcdef");
        let signed: Vec<_> = (0..6000).map(|_| claims(60)).map(|c| (tokens.sign(&c).unwrap(), c)).collect();
        for (token, claims) in signed.iter().chain(&signed) {
            assert_eq!(*tokens.verify(token).unwrap(), *claims);
        }
    }

    #[test]
    fn derived_keys_differ_by_purpose_and_by_secret() {
        let ours = tokens("0123456789abcdef0123456789abcdef");
        assert_eq!(ours.derive_key("one"), ours.derive_key("one"));
        assert_ne!(ours.derive_key("one"), ours.derive_key("other"));
        assert_ne!(ours.derive_key("one"), tokens("another-secret-another-secret-another").derive_key("one"));
    }

    #[test]
    fn expired_forged_and_unsigned_tokens_are_refused() {
        let ours = tokens("0123456789abcdef0123456789abcdef");
        let others = tokens("another-secret-another-secret-another");
        let good = ours.sign(&claims(60)).unwrap();
        assert!(ours.verify(&good).is_ok());

        let expired = ours.sign(&claims(-1)).unwrap();
        let forged = others.sign(&claims(60)).unwrap();
        let payload = good.split('.').nth(1).unwrap();
        // {"alg":"none","typ":"JWT"} and {"alg":"HS512","typ":"JWT"}
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
        let other_algorithm = {
            let key = EncodingKey::from_secret(b"0123456789abcdef0123456789abcdef");
            jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims(60), &key).unwrap()
        };
        for token in [expired, forged, unsigned, other_algorithm, String::new(), "a.b.c".into()] {
            assert_eq!(ours.verify(&token).unwrap_err().code(), Code::Unauthorized, "{token}");
        }
    }

    #[test]
    fn a_shortened_lifetime_ends_tokens_that_were_signed_for_longer() {
        let secret = Secret::new("0123456789abcdef0123456789abcdef");
        let tokens =
            |lifetime_secs| Tokens::new(&secret, Revocations::new(Duration::from_secs(lifetime_secs)));
        let mut claims = claims(7200);
        claims.iat -= 3600;
        let token = tokens(7200).sign(&claims).unwrap();
        assert!(tokens(7200).verify(&token).is_ok());
        assert_eq!(tokens(900).verify(&token).unwrap_err().code(), Code::Unauthorized);
    }

    #[test]
    fn a_revoked_session_is_refused_with_a_code_of_its_own() {
        let tokens = tokens("0123456789abcdef0123456789abcdef");
        let claims = claims(60);
        let token = tokens.sign(&claims).unwrap();
        tokens.revocations().add_now(&[claims.sid]);
        assert_eq!(tokens.verify(&token).unwrap_err().code(), Code::SessionRevoked);
    }
}
