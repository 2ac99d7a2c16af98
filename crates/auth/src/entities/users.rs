//! Accounts. `*_folded` is what makes names and addresses unique, see `names::fold`.

use kit::{Error, Result};
use protocol::{
    UserId,
    accounts::{Account, User},
};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub username: String,
    pub username_folded: String,
    pub email: String,
    pub email_folded: String,
    pub password_hash: String,
    pub disabled_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub fn user_id(&self) -> Result<UserId> {
        self.id.parse().map_err(Error::internal)
    }

    pub fn account(&self) -> Result<Account> {
        Ok(Account { id: self.user_id()?, username: self.username.clone(), email: self.email.clone() })
    }

    /// As others see it.
    pub fn public(&self) -> Result<User> {
        Ok(User { id: self.user_id()?, username: self.username.clone(), email: None })
    }
}
