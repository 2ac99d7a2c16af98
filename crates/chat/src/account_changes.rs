//! Follows auth's feed of account changes: a renamed user is renamed in the rooms, a deleted one leaves them. The bus
//! says that there is news; asking at start and every few seconds makes up for what it lost.

use std::time::Duration;

use fanout::{Deliveries, Delivery, Event, Topic};
use kit::{
    Error, Kind, Result,
    db::{Transaction, retrying},
    telemetry::Throttle,
};
use protocol::{
    RoomId, UserId,
    seams::{AccountChange, Change},
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use tokio_util::sync::CancellationToken;

use crate::{
    Chat,
    members::{changes, log},
    tables::{cursors, room_members, rooms},
};

const EVERY: Duration = Duration::from_secs(3);

pub(crate) async fn follow(chat: Chat, stopping: CancellationToken) {
    let (interest, mut deliveries) = chat.0.bus.subscribe();
    interest.listen(&[Topic::Accounts]).await;
    let failures = Throttle::default();
    loop {
        if let Err(error) = catch_up(&chat, &stopping).await
            && let Some(before) = failures.pass()
        {
            tracing::warn!(%error, before, "account changes could not be followed; soon again");
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = hint(deliveries.as_mut()) => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn hint(deliveries: &mut dyn Deliveries) {
    loop {
        match deliveries.next().await {
            Some(Delivery::Missed) => return,
            Some(Delivery::Event(_, event)) if *event == Event::AccountsChanged => return,
            Some(Delivery::Event(..)) => {}
            None => std::future::pending().await,
        }
    }
}

async fn catch_up(chat: &Chat, stopping: &CancellationToken) -> Result<()> {
    loop {
        let position = position(chat).await?;
        let Some(changes) = stopping.run_until_cancelled(chat.0.accounts.changes(position)).await else {
            return Ok(());
        };
        let changes = changes?;
        if changes.is_empty() {
            return Ok(());
        }
        for change in changes {
            if stopping.is_cancelled() {
                return Ok(());
            }
            retrying(|| apply(chat, change.clone())).await?;
        }
    }
}

async fn position(chat: &Chat) -> Result<i64> {
    let cursor =
        cursors::Entity::find_by_id(cursors::ACCOUNT_CHANGES.to_owned()).one(&chat.0.db.reader).await?;
    Ok(cursor.map_or(0, |cursor| cursor.position))
}

async fn apply(chat: &Chat, change: AccountChange) -> Result<()> {
    let mut events = Vec::new();
    if change.change == Change::Deleted {
        leave_all(chat, change.user_id).await?;
    }
    let tx = chat.begin().await?;
    let is_news = advance(&tx, change.cursor).await?;
    let is_deletion = change.change == Change::Deleted;
    if let Change::Renamed { username } = change.change
        && is_news
    {
        events = rename(&tx, change.user_id, username).await?;
    }
    chat.commit(tx, events).await?;
    if is_deletion {
        chat.0.something_deleted.notify_one();
    }
    Ok(())
}

/// `false` where another node was faster. The cursor's lock keeps renames in their order.
async fn advance(tx: &Transaction, position: i64) -> Result<bool> {
    use cursors::{ACCOUNT_CHANGES, Column, Entity};
    let updated = Entity::update_many()
        .col_expr(Column::Position, Expr::value(position))
        .filter(Column::Feed.eq(ACCOUNT_CHANGES))
        .filter(Column::Position.lt(position))
        .exec(tx)
        .await?;
    Ok(updated.rows_affected > 0)
}

async fn rename(tx: &Transaction, user: UserId, username: String) -> Result<Vec<Event>> {
    use rooms::Column;
    let owned = rooms::Entity::find()
        .filter(Column::OwnerUserId.eq(user.0))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    rooms::Entity::update_many()
        .col_expr(Column::OwnerUsernameSnapshot, Expr::value(username.clone()))
        .col_expr(Column::DetailsRev, Expr::col(Column::DetailsRev).add(1))
        .filter(Column::OwnerUserId.eq(user.0))
        .exec(tx)
        .await?;
    room_members::Entity::update_many()
        .col_expr(room_members::Column::UsernameSnapshot, Expr::value(username.clone()))
        .filter(room_members::Column::UserId.eq(user.0))
        .exec(tx)
        .await?;
    log::rename(tx, user, &username).await?;
    let events = owned.into_iter().map(|mut room| {
        room.owner_username_snapshot = Some(username.clone());
        room.details_rev += 1;
        room.updated()
    });
    Ok(events.collect())
}

/// Room by room, as if they left each; safe to repeat.
async fn leave_all(chat: &Chat, user: UserId) -> Result<()> {
    let tx = chat.begin().await?;
    changes::bar(&tx, user).await?;
    chat.commit(tx, Vec::new()).await?;
    let rooms: Vec<i64> = room_members::Entity::find()
        .select_only()
        .column(room_members::Column::RoomId)
        .filter(room_members::Column::UserId.eq(user.0))
        .order_by_asc(room_members::Column::RoomId)
        .into_tuple()
        .all(&chat.0.db.reader)
        .await?;
    for room in rooms {
        let tx = chat.begin().await?;
        let room = match changes::lock(&tx, RoomId(room)).await {
            Err(Error::Refused(refusal)) if refusal.kind == Kind::NotFound => continue,
            room => room?,
        };
        let events = changes::leave(&tx, &room, user).await?;
        chat.commit(tx, events).await?;
    }
    Ok(())
}
