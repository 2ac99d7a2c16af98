//! The feed of renamed and deleted accounts that chat follows.

use kit::{Error, Result};
use protocol::{
    Timestamp, UserId,
    seams::{AccountChange, Change},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, ExprTrait, QueryOrder, QuerySelect, entity::prelude::*};

use crate::entities::{account_changes, account_cursor};

const PAGE: u64 = 200;

/// Appends within the transaction that makes the change. The cursor comes from a counter row, whose lock is held
/// until the commit: numbers become visible in their order, so a follower never steps over one that is on its
/// way (ids of an auto-increment column are handed out in one order and committed in another).
pub async fn append(db: &impl ConnectionTrait, user: UserId, change: Change) -> Result<()> {
    let next = Expr::col(account_cursor::Column::Last).add(1);
    account_cursor::Entity::update_many().col_expr(account_cursor::Column::Last, next).exec(db).await?;
    let cursor = account_cursor::Entity::find().one(db).await?;
    let cursor = cursor.ok_or_else(|| Error::internal("the account cursor is gone"))?.last;
    let username = match change {
        Change::Renamed { username } => Some(username),
        Change::Deleted => {
            // Earlier names are nobody's business any more; the deletion supersedes them.
            let earlier = account_changes::Column::UserId.eq(user.to_string());
            account_changes::Entity::delete_many().filter(earlier).exec(db).await?;
            None
        }
    };
    let row = account_changes::ActiveModel {
        cursor: Set(cursor),
        user_id: Set(user.to_string()),
        username: Set(username),
        changed_at: Set(Timestamp::now().0),
    };
    account_changes::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The next changes after `cursor` in their order; empty: up to date.
pub async fn after(db: &impl ConnectionTrait, cursor: i64) -> Result<Vec<AccountChange>> {
    let rows = account_changes::Entity::find()
        .filter(account_changes::Column::Cursor.gt(cursor))
        .order_by_asc(account_changes::Column::Cursor)
        .limit(PAGE)
        .all(db)
        .await?;
    let changes = rows.into_iter().map(|row| {
        let user_id = row.user_id.parse().map_err(Error::internal)?;
        let change = row.username.map_or(Change::Deleted, |username| Change::Renamed { username });
        Ok(AccountChange { cursor: row.cursor, user_id, change })
    });
    changes.collect()
}
