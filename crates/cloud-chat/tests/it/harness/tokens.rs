//! Access tokens that nobody issued.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::JWT_SECRET;

/// As the server would sign.
pub fn sign(claims: &Value) -> String {
    sign_with(Algorithm::HS256, JWT_SECRET, claims)
}

pub fn sign_with(algorithm: Algorithm, secret: &str, claims: &Value) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).expect("claims are JSON")
}

/// Claims under a header as it stands here, signed with HS256 whatever it says.
pub fn sign_under(header: &Value, claims: &Value, secret: &str) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let key = EncodingKey::from_secret(secret.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256);
    format!("{message}.{}", signature.expect("HS256 signs anything"))
}

/// The same claims, but expired a second before they were issued.
pub fn expired(token: &str) -> String {
    let mut claims = claims_of(token);
    let iat = claims["iat"].as_i64().expect("iat");
    claims["iat"] = json!(iat - 900);
    claims["exp"] = json!(iat - 1);
    sign(&claims)
}

/// The same claims under `alg: none`, without a signature.
pub fn unsigned(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    format!("{header}.{}.", token.split('.').nth(1).expect("a payload"))
}

/// What a token claims, unverified.
pub fn claims_of(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a JWT has a payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
}
