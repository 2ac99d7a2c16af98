//! The key that services show each other. Compared in constant time; without a key nobody gets in.

use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRef, FromRequestParts, Request, State},
    http::request::Parts,
    middleware::{self, Next},
    response::Response,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{Error, config::Secret};

pub const HEADER: &str = "x-internal-api-key";

/// The keys that are accepted: the current one and, while keys rotate, the one before. Kept as hashes, so that
/// comparing takes the same time whatever the length of what is shown.
#[derive(Clone, Default)]
pub struct InternalKeys(Arc<Vec<[u8; 32]>>);

impl InternalKeys {
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a Secret>) -> Self {
        let keys = keys.into_iter().filter(|key| !key.expose().is_empty());
        Self(Arc::new(keys.map(|key| Sha256::digest(key.expose()).into()).collect()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn admit(&self, shown: &[u8]) -> bool {
        let shown: [u8; 32] = Sha256::digest(shown).into();
        self.0.iter().fold(subtle::Choice::from(0), |found, key| found | key.ct_eq(&shown)).into()
    }
}

/// A caller that showed the key.
#[derive(Debug, Clone, Copy)]
pub struct InternalCaller;

impl<S> FromRequestParts<S> for InternalCaller
where
    S: Send + Sync,
    InternalKeys: FromRef<S>,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let shown = parts.headers.get(HEADER).ok_or_else(Error::unauthorized)?;
        if InternalKeys::from_ref(state).admit(shown.as_bytes()) {
            Ok(Self)
        } else {
            Err(Error::unauthorized())
        }
    }
}

/// Lets only those in who show the key, whatever they ask of these routes.
pub fn guard<S: Clone + Send + Sync + 'static>(routes: Router<S>, keys: InternalKeys) -> Router<S> {
    routes.route_layer(middleware::from_fn_with_state(keys, admit))
}

async fn admit(State(keys): State<InternalKeys>, request: Request, next: Next) -> Result<Response, Error> {
    let shown = request.headers().get(HEADER).ok_or_else(Error::unauthorized)?;
    if keys.admit(shown.as_bytes()) { Ok(next.run(request).await) } else { Err(Error::unauthorized()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_configured_key_is_admitted_and_an_empty_one_is_no_key() {
        let keys = InternalKeys::new([&Secret::new("now"), &Secret::new("before"), &Secret::new("")]);
        assert!(keys.admit(b"now") && keys.admit(b"before"));
        assert!(!keys.admit(b"") && !keys.admit(b"no") && !keys.admit(b"nowx"));
        assert!(!InternalKeys::default().admit(b""));
    }
}
