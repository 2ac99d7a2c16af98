//! Forgotten passwords: a link by mail, once, within the hour.

pub mod http;
mod queue;

use std::time::Duration;

use kit::{Error, Kind, Result, db::retrying};
use protocol::{Code, Timestamp, UserId};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, entity::prelude::*};
use sha2::{Digest, Sha256};

use crate::{
    Auth,
    entities::{
        password_reset_tokens::{ActiveModel, Column, Entity},
        users,
    },
    mails::Letter,
    names, sessions,
    users::by_identifier,
};

pub use queue::{ResetQueue, queue, start_worker};

pub const LIFETIME: Duration = Duration::from_secs(60 * 60);
const TOKEN_BYTES: usize = 32;

/// Has a link sent to the account of this email, if there is one. With `DEV_MODE` it is the answer, too. Else
/// account or not makes no difference here: a worker does everything that would.
pub async fn request(auth: &Auth, email: &str) -> Result<Option<String>> {
    let email = names::fold(email);
    if !auth.0.config.dev_mode {
        auth.0.resets.look_up(email)?;
        return Ok(None);
    }
    let Some(letter) = write_letter(auth, &email).await? else { return Ok(None) };
    let link = letter.link.clone();
    auth.0.resets.send(letter)?;
    Ok(Some(link))
}

/// The letter with a new link for an account that may log in.
async fn write_letter(auth: &Auth, email_folded: &str) -> Result<Option<Letter>> {
    let user = by_identifier(&auth.0.db.reader, email_folded).await?;
    let Some(user) = user.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
    let link = create_link(&auth.0.db.writer, &auth.0.config.frontend_url, &user).await?;
    Ok(Some(Letter { user: user.user_id()?, username: user.username, email: user.email, link }))
}

/// A link that sets the password of an account. Links given before stay valid until one of them is used.
pub async fn create_link(
    db: &impl ConnectionTrait,
    frontend_url: &str,
    user: &users::Model,
) -> Result<String> {
    let token = hex::encode(rand::random::<[u8; TOKEN_BYTES]>());
    let now = Timestamp::now();
    let row = ActiveModel {
        token_hash: Set(digest(&token)),
        user_id: Set(user.id.clone()),
        created_at: Set(now.0),
        expires_at: Set((now + LIFETIME).0),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(format!("{frontend_url}/reset-password?token={token}"))
}

/// Sets the password that a link stands for and ends every session of the user, whom it returns. Of two that use the
/// link at once, deleting its row succeeds for one.
pub async fn reset(auth: &Auth, token: &str, password: &str) -> Result<UserId> {
    let hash = digest(token);
    let now = Timestamp::now();
    let known = Entity::find_by_id(&hash).filter(Column::ExpiresAt.gt(now.0)).one(&auth.0.db.reader).await?;
    let known = known.ok_or_else(bad_token)?;
    let user = users::Entity::find_by_id(&known.user_id).one(&auth.0.db.reader).await?;
    let user = user.filter(|user| user.disabled_at.is_none()).ok_or_else(bad_token)?;
    let user_id = user.user_id()?;
    auth.0.limits.reset_of(user_id)?;
    // Before the token is used up: a password that is too weak does not cost the link.
    let names = [user.username.as_str(), user.email.as_str()];
    let password_hash = auth.0.hasher.hash_new("newPassword", password, &names).await?;

    let ended = retrying(|| async {
        let db = auth.0.db.begin().await?;
        let used = Entity::delete_by_id(&hash).filter(Column::ExpiresAt.gt(now.0)).exec(&db).await?;
        let changed = users::Entity::update_many()
            .col_expr(users::Column::PasswordHash, Expr::value(&password_hash))
            .col_expr(users::Column::UpdatedAt, Expr::value(now.0))
            .filter(users::Column::Id.eq(&user.id))
            .filter(users::Column::DisabledAt.is_null())
            .exec(&db)
            .await?;
        if used.rows_affected == 0 || changed.rows_affected == 0 {
            return Err(bad_token());
        }
        forget_all_of(&db, user_id).await?;
        let ended = sessions::end_all_of(&db, user_id, None).await?;
        db.commit().await?;
        Ok(ended)
    })
    .await?;
    auth.announce(ended, false).await;
    Ok(user_id)
}

/// Makes every link of an account useless.
pub async fn forget_all_of(db: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user.to_string())).exec(db).await?;
    Ok(())
}

fn bad_token() -> Error {
    Error::refused(
        Kind::Invalid,
        Code::BadResetToken,
        "This link was used before, has expired or is not complete. Ask for a new one.",
    )
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}
