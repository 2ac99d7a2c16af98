//! The rows of refresh-token families. Every function that takes a connection belongs into the transaction of
//! the change that calls for it.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use kit::{Error, Result, db::retrying, jwt::Tokens};
use protocol::{SessionId, Timestamp, UserId, accounts::Account, seams::RevokedSession};
use sea_orm::{ActiveValue::Set, Condition, ConnectionTrait, QuerySelect, entity::prelude::*};
use sha2::{Digest, Sha256, Sha384};

use crate::{
    Auth,
    entities::{
        refresh_tokens::{ActiveModel, Column, Entity, Model},
        users,
    },
};

pub const LIFETIME: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// How long a used-up token still gives its successor, while that is unused: two tabs that refresh at once, or
/// an answer that was lost on the way.
const GRACE: Duration = Duration::from_secs(10);
const TOKEN_BYTES: usize = 48;

/// Derives a token's successor from the token itself, so that it can be given again without being stored.
pub struct Successors {
    key: [u8; 32],
}

impl Successors {
    pub fn new(tokens: &Tokens) -> Self {
        Self { key: tokens.derive_key("refresh-token successor") }
    }

    /// 48 bytes that only the holder of the key can tell from random ones.
    fn of(&self, token: &str) -> String {
        let mut mac = Hmac::<Sha384>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(token.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

/// What came of presenting a refresh token.
pub enum Rotation {
    Carried {
        account: Account,
        sid: SessionId,
        refresh_token: String,
    },
    /// Unknown, expired, revoked, or its account is gone.
    Refused,
    /// Used up before: somebody has a copy. The family has ended.
    Reused {
        ended: Vec<SessionId>,
    },
}

/// Stores the first token of a new family.
pub async fn open(db: &impl ConnectionTrait, user: UserId) -> Result<(SessionId, String)> {
    let sid = SessionId::random();
    let token = hex::encode(rand::random::<[u8; TOKEN_BYTES]>());
    insert(db, &user.to_string(), &sid.to_string(), &token).await?;
    Ok((sid, token))
}

/// One conditional update decides: whoever it succeeds for stores the successor in the same transaction. Anybody
/// later, or beaten by a moment, finds the token used up together with its successor, or neither.
pub async fn rotate(auth: &Auth, presented: &str) -> Result<Rotation> {
    retrying(|| rotate_once(auth, presented)).await
}

async fn rotate_once(auth: &Auth, presented: &str) -> Result<Rotation> {
    let now = Timestamp::now();
    let hash = digest(presented);
    let db = auth.0.db.begin().await?;
    let used = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now.0))
        .filter(Column::TokenHash.eq(&hash))
        .filter(is_live(now))
        .exec(&db)
        .await?;
    let Some(token) = by_hash(&db, &hash).await? else { return Ok(Rotation::Refused) };
    let successor = auth.0.successors.of(presented);
    if used.rows_affected == 0 {
        let Some(used_at) = token.used_at.filter(|_| token.revoked_at.is_none()) else {
            return Ok(Rotation::Refused);
        };
        let in_grace = now.0 - used_at <= millis(GRACE);
        let live = Entity::find().filter(Column::TokenHash.eq(digest(&successor))).filter(is_live(now));
        if !in_grace || live.one(&db).await?.is_none() {
            tracing::warn!(user = token.user_id, session = token.family, "a used-up refresh token came back");
            let ended = end_family(&db, &token.family, now).await?;
            db.commit().await?;
            return Ok(Rotation::Reused { ended });
        }
    }
    let user = users::Entity::find_by_id(&token.user_id).one(&db).await?;
    // Dropping the transaction leaves the token as it was.
    let Some(user) = user.filter(|user| user.disabled_at.is_none()) else { return Ok(Rotation::Refused) };
    if used.rows_affected > 0 {
        insert(&db, &token.user_id, &token.family, &successor).await?;
    }
    db.commit().await?;
    let sid = token.family.parse().map_err(Error::internal)?;
    Ok(Rotation::Carried { account: user.account()?, sid, refresh_token: successor })
}

/// Ends the family that a token belongs to.
pub async fn end_of_token(auth: &Auth, presented: &str) -> Result<Vec<SessionId>> {
    let Some(token) = by_hash(&auth.0.db.reader, &digest(presented)).await? else { return Ok(Vec::new()) };
    let ended = retrying(|| end_family(&auth.0.db.writer, &token.family, Timestamp::now())).await?;
    if !ended.is_empty() {
        tracing::info!(user = token.user_id, session = token.family, "logged out");
    }
    Ok(ended)
}

/// Ends the sessions of a user but `kept`.
pub async fn end_all_of(
    db: &impl ConnectionTrait,
    user: UserId,
    kept: Option<SessionId>,
) -> Result<Vec<SessionId>> {
    let mut whose = Condition::all().add(Column::UserId.eq(user.to_string()));
    if let Some(kept) = kept {
        whose = whose.add(Column::Family.ne(kept.to_string()));
    }
    end(db, whose, Timestamp::now()).await
}

/// Sessions that ended at `since` or later.
pub async fn revoked_since(db: &impl ConnectionTrait, since: Timestamp) -> Result<Vec<RevokedSession>> {
    let rows: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Family)
        .column_as(Column::RevokedAt.max(), "revoked_at")
        .filter(Column::RevokedAt.gte(since.0))
        .group_by(Column::Family)
        .into_tuple()
        .all(db)
        .await?;
    let rows = rows.into_iter().map(|(family, revoked_at)| {
        let sid = family.parse().map_err(Error::internal)?;
        Ok(RevokedSession { sid, revoked_at: Timestamp(revoked_at) })
    });
    rows.collect()
}

/// Whether a session was ended. Rows of ended sessions stay as long as their access tokens live.
pub async fn is_revoked(db: &impl ConnectionTrait, sid: SessionId) -> Result<bool> {
    let ended =
        Entity::find().filter(Column::Family.eq(sid.to_string())).filter(Column::RevokedAt.is_not_null());
    Ok(ended.one(db).await?.is_some())
}

async fn end_family(db: &impl ConnectionTrait, family: &str, now: Timestamp) -> Result<Vec<SessionId>> {
    end(db, Condition::all().add(Column::Family.eq(family)), now).await
}

/// Updates first and reads what it changed afterwards: read first, a session opened meanwhile could be missed.
async fn end(db: &impl ConnectionTrait, which: Condition, now: Timestamp) -> Result<Vec<SessionId>> {
    let updated = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now.0))
        .filter(which.clone())
        .filter(Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    if updated.rows_affected == 0 {
        return Ok(Vec::new());
    }
    let families: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Family)
        .filter(which)
        .filter(Column::RevokedAt.eq(now.0))
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    families.iter().map(|family| family.parse().map_err(Error::internal)).collect()
}

async fn by_hash(db: &impl ConnectionTrait, hash: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::TokenHash.eq(hash)).one(db).await?)
}

async fn insert(db: &impl ConnectionTrait, user_id: &str, family: &str, token: &str) -> Result<()> {
    let now = Timestamp::now();
    let row = ActiveModel {
        user_id: Set(user_id.into()),
        family: Set(family.into()),
        token_hash: Set(digest(token)),
        created_at: Set(now.0),
        expires_at: Set((now + LIFETIME).0),
        ..Default::default()
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

fn is_live(now: Timestamp) -> Condition {
    Condition::all()
        .add(Column::UsedAt.is_null())
        .add(Column::RevokedAt.is_null())
        .add(Column::ExpiresAt.gt(now.0))
}

/// Tokens are random and long: a plain hash is enough, and looking it up tells nothing by its time.
fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
