//! Deleting one's own account.

use kit::{Result, db::retrying, jwt::CurrentUser};
use protocol::{codes::FieldCode, seams::Change};
use sea_orm::entity::prelude::*;

use super::{Changing, check_current_password, oneself, wrong_password};
use crate::{
    Auth, changes,
    entities::users::{Column, Entity},
    resets, sessions,
};

/// The account is gone and its sessions have ended. Its refresh tokens stay, revoked, until no access token of
/// theirs lives; chat learns of the deletion from the feed. What the row held is gone from the files a moment later.
pub async fn delete(auth: &Auth, current: &CurrentUser, current_password: &str) -> Result<()> {
    let user = oneself(auth, current.id).await?;
    check_current_password(auth, &user, Some(current_password)).await?;

    let changing = Changing(auth, current.id);
    let ended = retrying(|| async {
        let db = auth.0.db.begin().await?;
        let deleted = Entity::delete_many()
            .filter(Column::Id.eq(&user.id))
            .filter(Column::PasswordHash.eq(&user.password_hash))
            .exec(&db)
            .await?;
        if deleted.rows_affected == 0 {
            drop(db);
            oneself(auth, current.id).await?;
            return Err(wrong_password(FieldCode::Wrong));
        }
        resets::forget_all_of(&db, current.id).await?;
        let ended = sessions::end_all_of(&db, current.id, None).await?;
        changes::append(&db, current.id, Change::Deleted).await?;
        db.commit().await?;
        Ok(ended)
    })
    .await?;
    drop(changing);
    tracing::info!(user = user.id, "an account was deleted");
    auth.0.account_deleted.notify_one();
    auth.announce(ended, true).await;
    Ok(())
}
