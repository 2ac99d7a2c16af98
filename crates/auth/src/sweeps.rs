//! Forgetting what no longer counts: expired tokens, what deleted rows left in the files, and limits that are full again.

use std::time::Duration;

use kit::{Result, shutdown::Tasks};
use protocol::Timestamp;
use sea_orm::{ExprTrait, entity::prelude::*};
use tokio_util::sync::CancellationToken;

use crate::{
    Auth,
    entities::{password_reset_tokens, refresh_tokens},
};

const TOKENS_PERIOD: Duration = Duration::from_secs(60 * 60);
/// How soon what could not be purged is tried again.
const PURGE_PAUSE: Duration = Duration::from_secs(10);
const LIMITS_PERIOD: Duration = Duration::from_secs(60);
/// Clocks differ, and a follower that was away reads a little further back.
const MARGIN: Duration = Duration::from_secs(60 * 60);

pub fn start(auth: &Auth, tasks: &Tasks) {
    let context = auth.0.clone();
    tasks.every(LIMITS_PERIOD, move || {
        context.limits.sweep();
        std::future::ready(())
    });
    tasks.spawn(|stopping| purge_deleted(auth.clone(), stopping));
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

/// After each deletion of an account, and again while somebody who reads stands in the way.
async fn purge_deleted(auth: Auth, stopping: CancellationToken) {
    let mut is_due = true;
    loop {
        if is_due {
            let Some(is_purged) = stopping.run_until_cancelled(purge(&auth)).await else { return };
            is_due = !is_purged;
        }
        let pause = if is_due { PURGE_PAUSE } else { Duration::MAX };
        tokio::select! {
            () = stopping.cancelled() => return,
            () = auth.0.account_deleted.notified() => is_due = true,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn purge(auth: &Auth) -> bool {
    auth.0.db.purge().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "what was deleted could not be purged; soon again");
        false
    })
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fanout::MemoryBus;
    use kit::{config::Secret, db::Database, jwt::Tokens, revocations::Revocations};
    use sea_orm::ConnectionTrait;

    use super::*;
    use crate::{Config, Migrator};

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    #[tokio::test]
    async fn expired_tokens_go_and_revoked_ones_stay_while_their_access_tokens_live() {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open_sqlite(&folder.path().join("auth.db")).await.unwrap();
        db.migrate::<Migrator>().await.unwrap();
        let now = Timestamp::now().0;
        for (id, expires_at, revoked_at) in [
            ("live", now + DAY_MS, None),
            ("expired", now - DAY_MS, None),
            ("revoked-now", now + DAY_MS, Some(now)),
            ("revoked-now-and-expired", now - DAY_MS, Some(now)),
            ("revoked-long-ago", now + DAY_MS, Some(now - DAY_MS)),
        ] {
            let revoked_at = revoked_at.map_or("NULL".into(), |at: i64| at.to_string());
            let row = format!("'u', 'f', '{id}', 0, {expires_at}, {revoked_at}");
            let columns = "user_id, family, token_hash, created_at, expires_at, revoked_at";
            let insert = format!("INSERT INTO refresh_tokens ({columns}) VALUES ({row})");
            db.writer.execute_unprepared(&insert).await.unwrap();
        }
        for (hash, expires_at) in [("live", now + DAY_MS), ("expired", now - 1)] {
            let insert = format!("INSERT INTO password_reset_tokens VALUES ('{hash}', 'u', 0, {expires_at})");
            db.writer.execute_unprepared(&insert).await.unwrap();
        }

        sweep_tokens(&auth(&db).await).await.unwrap();
        let tokens = refresh_tokens::Entity::find().all(&db.reader).await.unwrap();
        let left: Vec<_> = tokens.iter().map(|token| token.token_hash.as_str()).collect();
        assert_eq!(left, ["live", "revoked-now", "revoked-now-and-expired"]);
        let resets = password_reset_tokens::Entity::find().all(&db.reader).await.unwrap();
        assert_eq!(resets.iter().map(|token| token.token_hash.as_str()).collect::<Vec<_>>(), ["live"]);
    }

    async fn auth(db: &Database) -> Auth {
        let revocations = Revocations::new(Duration::from_secs(900));
        let tokens = Tokens::new(&Secret::new("0123456789abcdef0123456789abcdef"), revocations);
        let config = Config {
            frontend_url: "http://localhost:5000".into(),
            dev_mode: false,
            signups_open: true,
            rate_limits: false,
            mail: None,
            trusted_proxies: kit::address::TrustedProxies::default(),
            internal_keys: kit::internal_key::InternalKeys::default(),
        };
        Auth::start(db.clone(), tokens, Arc::new(MemoryBus::default()), config, &Tasks::default())
            .await
            .unwrap()
    }
}
