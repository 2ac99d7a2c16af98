//! Forgetting what no longer counts: expired tokens and limits that are full again.

use std::time::Duration;

use kit::{Result, shutdown::Tasks};
use protocol::Timestamp;
use sea_orm::{ExprTrait, entity::prelude::*};

use crate::{
    Auth,
    entities::{password_reset_tokens, refresh_tokens},
};

const TOKENS_PERIOD: Duration = Duration::from_secs(60 * 60);
const LIMITS_PERIOD: Duration = Duration::from_secs(60);
/// Clocks differ, and a follower that was away reads a little further back.
const MARGIN: Duration = Duration::from_secs(60 * 60);

pub fn start(auth: &Auth, tasks: &Tasks) {
    let context = auth.0.clone();
    tasks.every(LIMITS_PERIOD, move || {
        context.limits.sweep();
        std::future::ready(())
    });
    let auth = auth.clone();
    tasks.every(TOKENS_PERIOD, move || {
        let auth = auth.clone();
        async move {
            if let Err(error) = sweep_tokens(&auth).await {
                tracing::warn!(%error, "expired tokens could not be swept; the next sweep will");
            }
        }
    });
}

/// A revoked token stays as long as an access token of its session may live: until then followers must be able
/// to learn of it.
async fn sweep_tokens(auth: &Auth) -> Result<()> {
    use refresh_tokens::Column;
    let now = Timestamp::now();
    let horizon = now - auth.0.tokens.revocations().token_lifetime() - MARGIN;
    let writer = &auth.0.db.writer;
    let expired = Column::RevokedAt.is_null().and(Column::ExpiresAt.lt((now - MARGIN).0));
    let ended = Column::RevokedAt.lt(horizon.0);
    refresh_tokens::Entity::delete_many().filter(expired.or(ended)).exec(writer).await?;
    let expired = password_reset_tokens::Column::ExpiresAt.lt(now.0);
    password_reset_tokens::Entity::delete_many().filter(expired).exec(writer).await?;
    Ok(())
}
