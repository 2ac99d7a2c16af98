//! Sessions, each a family of refresh tokens with one live token (RFC 9700 §4.14): opened by signup and login,
//! carried on by refreshing, ended by logout, re-use of a used-up token, or a change of the account.

pub mod cookies;
mod families;
pub mod http;
mod logins;

use kit::{Error, Kind, Result};
use protocol::{
    Code, SessionId, Timestamp,
    accounts::{Account, Claims},
};
use uuid::Uuid;

use crate::Auth;

pub use families::{Successors, end_all_of, is_revoked, open, revoked_since};
pub use logins::log_in;

use families::Rotation;

/// What whoever opened or carried on a session is given.
#[derive(Debug)]
pub struct Grant {
    pub account: Account,
    pub access_token: String,
    pub refresh_token: String,
}

/// A grant for a session whose refresh token is stored.
pub fn grant(auth: &Auth, account: Account, sid: SessionId, refresh_token: String) -> Result<Grant> {
    let tokens = &auth.0.tokens;
    let now = Timestamp::now();
    let claims = Claims {
        id: account.id,
        sub: account.id,
        username: account.username.clone(),
        sid,
        iat: now.as_secs(),
        exp: (now + tokens.revocations().token_lifetime()).as_secs(),
        jti: Uuid::new_v4().to_string(),
    };
    Ok(Grant { access_token: tokens.sign(&claims)?, account, refresh_token })
}

/// Uses up a refresh token and carries its session on.
pub async fn refresh(auth: &Auth, presented: &str) -> Result<Grant> {
    match families::rotate(auth, presented).await? {
        Rotation::Carried { account, sid, refresh_token } => grant(auth, account, sid, refresh_token),
        Rotation::Refused => Err(no_session()),
        Rotation::Reused { ended } => {
            auth.0.metrics.reuses.inc();
            auth.announce(ended, false).await;
            Err(no_session())
        }
    }
}

/// Ends the session of a refresh token, used up or not; an unknown one has none.
pub async fn log_out(auth: &Auth, presented: &str) -> Result<()> {
    let ended = families::end_of_token(auth, presented).await?;
    auth.announce(ended, false).await;
    Ok(())
}

/// The same whatever was wrong with the refresh token.
fn no_session() -> Error {
    Error::refused(
        Kind::Unauthorized,
        Code::BadRefreshToken,
        "This refresh token is not valid any more. Log in again.",
    )
}
