//! Profiles: finding people, and changing or deleting one's own account.

mod deletion;
pub mod http;
mod known;
mod profile;

use kit::{Error, Kind, Result, error::Refusal};
use protocol::{
    Code, FieldError, UserId,
    accounts::{Account, User},
    codes::FieldCode,
};
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, entity::prelude::*};

use crate::{
    Auth,
    entities::users::{Column, Entity, Model},
    names,
    passwords::Verdict,
};

pub use deletion::delete;
pub(crate) use known::Known;
pub use profile::change;

/// Which page of the list.
pub struct Selection<'a> {
    /// The beginning of a username, however it is written.
    pub prefix: Option<&'a str>,
    pub after: Option<UserId>,
    pub limit: u64,
}

/// People in the order of their ids, and whether there are more. Disabled accounts are left out.
pub async fn list(auth: &Auth, selection: &Selection<'_>) -> Result<(Vec<User>, bool)> {
    let mut query = Entity::find().filter(Column::DisabledAt.is_null());
    if let Some(prefix) = selection.prefix.map(names::fold).filter(|prefix| !prefix.is_empty()) {
        // No username has a space, and MySQL's collations pad with them.
        if prefix.ends_with(' ') {
            return Ok((Vec::new(), false));
        }
        // A range instead of LIKE: an index serves it and nothing needs escaping. No username has U+10FFFF.
        let end = format!("{prefix}\u{10FFFF}");
        query = query.filter(Column::UsernameFolded.gte(prefix)).filter(Column::UsernameFolded.lt(end));
    }
    if let Some(after) = selection.after {
        query = query.filter(Column::Id.gt(after.to_string()));
    }
    let query = query.order_by_asc(Column::Id).limit(selection.limit + 1);
    let mut users = query.all(&auth.0.db.reader).await?;
    let limit = usize::try_from(selection.limit).unwrap_or(usize::MAX);
    let has_more = users.len() > limit;
    users.truncate(limit);
    Ok((users.iter().map(Model::public).collect::<Result<_>>()?, has_more))
}

pub async fn by_id(auth: &Auth, id: UserId) -> Result<Option<User>> {
    let user = Entity::find_by_id(id.to_string()).one(&auth.0.db.reader).await?;
    user.as_ref().map(Model::public).transpose()
}

/// Disabled accounts are not found.
pub async fn by_username(auth: &Auth, username: &str) -> Result<Option<User>> {
    let Ok(folded) = names::fold_username(username) else { return Ok(None) };
    let user = Entity::find()
        .filter(Column::UsernameFolded.eq(&folded))
        .filter(Column::DisabledAt.is_null())
        .one(&auth.0.db.reader)
        .await?;
    // MySQL's collations take `bob ` for `bob`.
    user.filter(|user| user.username_folded == folded).as_ref().map(Model::public).transpose()
}

/// The account that goes by a username or an email, folded. No username has an `@`.
pub async fn by_identifier(db: &impl ConnectionTrait, folded: &str) -> Result<Option<Model>> {
    let column = if folded.contains('@') { Column::EmailFolded } else { Column::UsernameFolded };
    Ok(Entity::find().filter(column.eq(folded)).one(db).await?)
}

/// Oneself. A token may outlive its account by a moment: then it is worth nothing.
pub async fn oneself(auth: &Auth, id: UserId) -> Result<Model> {
    let user = Entity::find_by_id(id.to_string()).one(&auth.0.db.reader).await?;
    user.filter(|user| user.disabled_at.is_none()).ok_or_else(Error::unauthorized)
}

/// Oneself as others do not see one.
pub async fn account(auth: &Auth, id: UserId) -> Result<Account> {
    let known = auth.0.known.as_ref();
    if let Some(account) = known.and_then(|known| known.get(id)) {
        return Ok(account);
    }
    let ticket = known.map(Known::begin);
    let account = oneself(auth, id).await?.account()?;
    if let (Some(known), Some(ticket)) = (known, ticket) {
        known.insert(ticket, account.clone());
    }
    Ok(account)
}

/// Forgets what was read of an account once a change of it is over, whether it was done or not.
struct Changing<'a>(&'a Auth, UserId);

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        if let Some(known) = &self.0.0.known {
            known.forget(self.1);
        }
    }
}

/// Whether `password` is the user's. Tried too often, it is not even looked at.
async fn check_current_password(auth: &Auth, user: &Model, password: Option<&str>) -> Result<()> {
    let Some(password) = password else { return Err(wrong_password(FieldCode::Required)) };
    auth.0.limits.current_password(user.user_id()?)?;
    match auth.0.hasher.verify(password, Some(&user.password_hash)).await? {
        Verdict::Wrong => {
            tracing::info!(user = user.id, "a change of an account was refused: not its password");
            Err(wrong_password(FieldCode::Wrong))
        }
        Verdict::Right | Verdict::RightButOutdated => Ok(()),
    }
}

fn wrong_password(code: FieldCode) -> Error {
    Error::Refused(Box::new(Refusal {
        kind: Kind::Forbidden,
        code: Code::WrongPassword,
        detail: "The current password is missing or wrong.".into(),
        errors: vec![FieldError::new("currentPassword", code)],
        retry_after: None,
    }))
}
