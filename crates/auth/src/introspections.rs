//! What another service may ask: is this access token good right now?

pub mod http;

use kit::Result;
use protocol::accounts::{Claims, Introspection};
use sea_orm::EntityTrait;

use crate::{Auth, entities::users, sessions};

/// Never an error for a bad token. The database is asked too: a session may have ended elsewhere a moment ago.
pub async fn introspect(auth: &Auth, token: &str) -> Result<Introspection> {
    let Ok(claims) = auth.0.tokens.verify(token) else { return Ok(INACTIVE) };
    Ok(look_up(auth, &claims).await?.unwrap_or(INACTIVE))
}

const INACTIVE: Introspection = Introspection { active: false, user: None, payload: None };

async fn look_up(auth: &Auth, claims: &Claims) -> Result<Option<Introspection>> {
    let db = &auth.0.db.reader;
    let user = users::Entity::find_by_id(claims.id.to_string()).one(db).await?;
    let Some(user) = user.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
    if sessions::is_revoked(db, claims.sid).await? {
        return Ok(None);
    }
    Ok(Some(Introspection { active: true, user: Some(user.account()?), payload: Some(claims.clone()) }))
}
