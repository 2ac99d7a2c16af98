//! Login with email or username and password.

use kit::{Error, Kind, Result, address::Client, db::retrying};
use protocol::{Code, accounts::Login};
use sea_orm::entity::prelude::*;

use super::{Grant, grant, open};
use crate::{
    Auth,
    entities::users::{self, Column, Entity},
    names,
    passwords::Verdict,
    users::by_identifier,
};

/// How often another change of the same account may get in between before the caller is asked to come back.
const ATTEMPTS_MAX: usize = 3;

/// An unknown account and a wrong password get the same answer after the same work.
pub async fn log_in(auth: &Auth, client: &Client, login: &Login) -> Result<Grant> {
    let address = client.address;
    let identifier = names::fold(&login.email);
    for _ in 0..ATTEMPTS_MAX {
        let user = by_identifier(&auth.0.db.reader, &identifier).await?;
        let stored = user.as_ref().map(|user| user.password_hash.as_str());
        let verdict = auth.0.hasher.verify(&login.password, stored).await?;
        let Some(user) = user else {
            // Never what was typed: people type passwords into the wrong field.
            if let Some(held_back) = auth.0.unknown_logins.pass() {
                tracing::info!(%address, held_back, "a login was refused: no such account");
            }
            return Err(bad_credentials());
        };
        if verdict == Verdict::Wrong {
            tracing::info!(user = user.id, %address, "a login was refused: not its password");
            return Err(bad_credentials());
        }
        if user.disabled_at.is_some() {
            tracing::info!(user = user.id, %address, "a login was refused: the account is disabled");
            return Err(Error::forbidden(Code::AccountDisabled, "This account is disabled."));
        }
        let hash = match verdict {
            Verdict::RightButOutdated => auth.0.hasher.rehash(&login.password).await?,
            _ => user.password_hash.clone(),
        };
        if let Some(grant) = retrying(|| open_if_unchanged(auth, &user, &hash)).await? {
            tracing::info!(user = user.id, %address, "logged in");
            return Ok(grant);
        }
    }
    Err(Error::unavailable("The account is being changed. Try again in a moment."))
}

/// Opens a session unless password or account changed since they were read: a reset that ends all sessions ends
/// also the one that is about to open with the old password. Stores the hash in its current form on the way.
async fn open_if_unchanged(auth: &Auth, user: &users::Model, hash: &str) -> Result<Option<Grant>> {
    let db = auth.0.db.begin().await?;
    let unchanged = Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(hash))
        .filter(Column::Id.eq(&user.id))
        .filter(Column::PasswordHash.eq(&user.password_hash))
        .filter(Column::DisabledAt.is_null())
        .exec(&db)
        .await?;
    if unchanged.rows_affected == 0 {
        return Ok(None);
    }
    let account = user.account()?;
    let (sid, refresh_token) = open(&db, account.id).await?;
    db.commit().await?;
    grant(auth, account, sid, refresh_token).map(Some)
}

fn bad_credentials() -> Error {
    Error::refused(Kind::Unauthorized, Code::BadCredentials, "Email, username or password is wrong.")
}
