//! Changing one's own account.

use kit::{Result, db::retrying, jwt::CurrentUser};
use protocol::{
    Timestamp,
    accounts::{Account, UserPatch},
    codes::FieldCode,
    seams::Change,
};
use sea_orm::{UpdateMany, entity::prelude::*};

use super::{Changing, check_current_password, oneself, wrong_password};
use crate::{
    Auth, changes,
    entities::users::{Column, Entity, Model},
    names, resets, sessions,
    signups::{invalid, taken},
};

/// What of a patch differs from what is stored.
struct Changed {
    username: Option<String>,
    email: Option<String>,
    password: Option<String>,
}

impl Changed {
    fn of(patch: &UserPatch, user: &Model) -> Self {
        Self {
            username: patch.username.clone().filter(|username| *username != user.username),
            email: patch.email.clone().filter(|email| *email != user.email),
            // Equal to the current one, which is then checked, it is no change.
            password: patch.password.clone().filter(|_| patch.password != patch.current_password),
        }
    }

    fn is_empty(&self) -> bool {
        self.username.is_none() && self.email.is_none() && self.password.is_none()
    }
}

/// Applies a patch to the caller's own account. A new password ends all other sessions.
pub async fn change(auth: &Auth, current: &CurrentUser, patch: UserPatch) -> Result<Account> {
    let user = oneself(auth, current.id).await?;
    let changed = Changed::of(&patch, &user);
    let needs_password = changed.email.is_some() || patch.password.is_some();
    if needs_password {
        check_current_password(auth, &user, patch.current_password.as_deref()).await?;
    }
    if changed.is_empty() {
        return user.account();
    }
    let account = Account {
        id: current.id,
        username: changed.username.clone().unwrap_or_else(|| user.username.clone()),
        email: changed.email.clone().unwrap_or_else(|| user.email.clone()),
    };
    let mut update = update(&changed)?;
    if let Some(password) = &changed.password {
        let names = [account.username.as_str(), account.email.as_str()];
        let hash = auth.0.hasher.hash_new("password", password, &names).await?;
        update = update.col_expr(Column::PasswordHash, Expr::value(hash));
    }
    update = update.filter(Column::Id.eq(&user.id)).filter(Column::DisabledAt.is_null());
    if needs_password {
        // The password that was checked must still be the one.
        update = update.filter(Column::PasswordHash.eq(&user.password_hash));
    }

    let is_renamed = changed.username.is_some();
    let changing = Changing(auth, current.id);
    let ended = retrying(|| async {
        let db = auth.0.db.begin().await?;
        if update.clone().exec(&db).await.map_err(taken)?.rows_affected == 0 {
            drop(db);
            oneself(auth, current.id).await?;
            return Err(wrong_password(FieldCode::Wrong));
        }
        if let Some(username) = changed.username.clone() {
            changes::append(&db, current.id, Change::Renamed { username }).await?;
        }
        if changed.password.is_some() || changed.email.is_some() {
            // A link that was mailed to the old address must not outlive it.
            resets::forget_all_of(&db, current.id).await?;
        }
        let ended = match changed.password {
            Some(_) => sessions::end_all_of(&db, current.id, Some(current.session)).await?,
            None => Vec::new(),
        };
        db.commit().await?;
        Ok(ended)
    })
    .await?;
    drop(changing);
    if needs_password {
        let (email, password) = (changed.email.is_some(), changed.password.is_some());
        tracing::info!(user = user.id, email, password, "an account was changed");
    }
    auth.announce(ended, is_renamed).await;
    Ok(account)
}

fn update(changed: &Changed) -> Result<UpdateMany<Entity>> {
    let mut update = Entity::update_many().col_expr(Column::UpdatedAt, Expr::value(Timestamp::now().0));
    if let Some(username) = &changed.username {
        let folded = names::fold_username(username).map_err(invalid)?;
        update = update
            .col_expr(Column::Username, Expr::value(username.as_str()))
            .col_expr(Column::UsernameFolded, Expr::value(folded));
    }
    if let Some(email) = &changed.email {
        let folded = names::fold_email(email).map_err(invalid)?;
        update = update
            .col_expr(Column::Email, Expr::value(email.as_str()))
            .col_expr(Column::EmailFolded, Expr::value(folded));
    }
    Ok(update)
}
