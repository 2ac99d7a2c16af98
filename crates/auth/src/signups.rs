//! New accounts.

pub mod http;

use kit::{
    Error, Kind, Result,
    db::{retrying, violated_constraint},
    error::Refusal,
};
use protocol::{Code, FieldError, Timestamp, UserId, accounts::Signup, codes::FieldCode};
use sea_orm::{ActiveModelTrait, DbErr, EntityTrait};

use crate::{
    Auth,
    entities::users,
    names,
    sessions::{self, Grant},
};

/// Creates an account and opens its first session.
pub async fn sign_up(auth: &Auth, signup: Signup) -> Result<Grant> {
    let Signup { username, email, password, .. } = signup;
    let username_folded = names::fold_username(&username).map_err(invalid)?;
    let email_folded = names::fold_email(&email).map_err(invalid)?;
    let password_hash = auth.0.hasher.hash_new("password", &password, &[&username, &email]).await?;
    let now = Timestamp::now().0;
    let user = users::Model {
        id: UserId::random().to_string(),
        username,
        username_folded,
        email,
        email_folded,
        password_hash,
        disabled_at: None,
        created_at: now,
        updated_at: now,
    };
    let account = user.account()?;
    let (sid, refresh_token) = retrying(|| async {
        let db = auth.0.db.begin().await?;
        let row = users::ActiveModel::from(user.clone()).reset_all();
        users::Entity::insert(row).exec_without_returning(&db).await.map_err(taken)?;
        let session = sessions::open(&db, account.id).await?;
        db.commit().await?;
        Ok(session)
    })
    .await?;
    sessions::grant(auth, account, sid, refresh_token)
}

/// A violated constraint as the field that is taken.
pub fn taken(error: DbErr) -> Error {
    let constraint = violated_constraint(&error).unwrap_or_default();
    let (code, field, detail) = if constraint.contains("username_folded") {
        (Code::UsernameTaken, "username", "This username is taken.")
    } else if constraint.contains("email_folded") {
        (Code::EmailTaken, "email", "There is an account with this email already.")
    } else {
        return error.into();
    };
    Error::Refused(Box::new(Refusal {
        kind: Kind::Conflict,
        code,
        detail: detail.into(),
        errors: vec![FieldError::new(field, FieldCode::Taken)],
        retry_after: None,
    }))
}

pub fn invalid(error: FieldError) -> Error {
    Error::invalid(vec![error])
}
