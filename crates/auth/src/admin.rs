//! What an operator does from a shell, on the database itself and beside a running server: that one reads
//! revoked sessions every few seconds, so no bus is needed.

use kit::{
    Error, Kind, Result,
    db::{Database, retrying},
};
use protocol::{Code, Timestamp, accounts::Account};
use sea_orm::{QueryOrder, entity::prelude::*};

use crate::{
    entities::users::{Column, Entity, Model},
    names, resets, sessions,
    users::by_identifier,
};

/// An account as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminAccount {
    pub id: protocol::UserId,
    pub username: String,
    pub email: String,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
}

/// All accounts, the oldest first.
pub async fn list(db: &Database) -> Result<Vec<AdminAccount>> {
    let users =
        Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(&db.reader).await?;
    let accounts = users.into_iter().map(|user| {
        Ok(AdminAccount {
            id: user.user_id()?,
            username: user.username,
            email: user.email,
            created_at: Timestamp(user.created_at),
            disabled_at: user.disabled_at.map(Timestamp),
        })
    });
    accounts.collect()
}

/// Ends every session of the account and lets it open no more. `who`: username or email.
pub async fn disable(db: &Database, who: &str) -> Result<Account> {
    let account = find(db, who).await?.account()?;
    retrying(|| async {
        let transaction = db.begin().await?;
        let disabled_at = Some(Timestamp::now().0);
        Entity::update_many()
            .col_expr(Column::DisabledAt, Expr::value(disabled_at))
            .filter(Column::Id.eq(account.id.to_string()))
            .filter(Column::DisabledAt.is_null())
            .exec(&transaction)
            .await?;
        resets::forget_all_of(&transaction, account.id).await?;
        sessions::end_all_of(&transaction, account.id, None).await?;
        Ok(transaction.commit().await?)
    })
    .await?;
    Ok(account)
}

/// Lets a disabled account log in again. `who`: username or email.
pub async fn enable(db: &Database, who: &str) -> Result<Account> {
    let account = find(db, who).await?.account()?;
    Entity::update_many()
        .col_expr(Column::DisabledAt, Expr::value(None::<i64>))
        .filter(Column::Id.eq(account.id.to_string()))
        .exec(&db.writer)
        .await?;
    Ok(account)
}

/// A link that sets a new password, once, within an hour. `who`: username or email.
pub async fn reset_link(db: &Database, who: &str, frontend_url: &str) -> Result<String> {
    let user = find(db, who).await?;
    if user.disabled_at.is_some() {
        return Err(Error::conflict(Code::AccountDisabled, "The account is disabled: enable it first."));
    }
    resets::create_link(&db.writer, frontend_url, &user).await
}

async fn find(db: &Database, who: &str) -> Result<Model> {
    by_identifier(&db.reader, &names::fold(who.trim())).await?.ok_or_else(|| {
        Error::refused(Kind::NotFound, Code::NotFound, "There is no account with that username or email.")
    })
}
