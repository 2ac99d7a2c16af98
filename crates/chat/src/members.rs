//! Who is in which room, and the proof of it. Whoever reads or administers a room shows a `Membership`; only a check
//! makes one. (A send shows none: only the writer's transaction may judge it.)

pub(crate) mod changes;
pub mod http;
mod lists;
pub(crate) mod log;

use kit::{Error, Result};
use protocol::{Code, RoomId, Seq, UserId, rooms::MemberRemoved, seams::Sender};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

pub(crate) use lists::revisions;
pub use lists::{among, page, rooms_of};

use crate::{
    Chat,
    tables::{
        room_members::{self, Role},
        rooms,
    },
};

/// How many members a page of a room holds.
pub const PAGE_MAX: u64 = 200;

/// Proof that a user was a member of a room when it was checked.
#[derive(Debug, Clone)]
pub struct Membership {
    room: rooms::Model,
    row: room_members::Model,
}

impl Membership {
    pub fn room_id(&self) -> RoomId {
        self.room.room_id()
    }

    pub fn user_id(&self) -> UserId {
        UserId(self.row.user_id)
    }

    /// The room's `lastSeq` when it was checked. Reads stop there: whoever is removed meanwhile is given nothing
    /// that came after the removal.
    pub fn last_seq(&self) -> Seq {
        Seq(self.room.last_seq)
    }

    pub fn last_read_seq(&self) -> Seq {
        Seq(self.row.last_read_seq)
    }

    pub(crate) fn read_rev(&self) -> i64 {
        self.row.read_rev
    }

    pub(crate) fn room(&self) -> &rooms::Model {
        &self.room
    }
}

/// NOT_FOUND for a stranger, exactly as where there is no such room. Any use of the general room joins it.
pub async fn check(chat: &Chat, user: &Sender, room: RoomId) -> Result<Membership> {
    if let Some(membership) = find(chat, user.user_id, room).await? {
        return Ok(membership);
    }
    if room != chat.0.general {
        return Err(Error::not_found());
    }
    join_general(chat, vec![user.clone()]).await?;
    find(chat, user.user_id, room).await?.ok_or_else(Error::not_found)
}

/// The general room as the user, who is in it from now on, sees it.
pub async fn check_general(chat: &Chat, user: &Sender) -> Result<Membership> {
    check(chat, user, chat.0.general).await
}

async fn find(chat: &Chat, user: UserId, room: RoomId) -> Result<Option<Membership>> {
    let found = room_members::Entity::find()
        .filter(room_members::Column::RoomId.eq(room.0))
        .filter(room_members::Column::UserId.eq(user.0))
        .find_also_related(rooms::Entity)
        .filter(rooms::Column::DeletedAt.is_null())
        .one(&chat.0.db.reader)
        .await?;
    Ok(found.and_then(|(row, room)| Some(Membership { room: room?, row })))
}

/// Idempotent.
async fn join_general(chat: &Chat, users: Vec<Sender>) -> Result<()> {
    chat.write(move |chat| {
        let users = users.clone();
        async move {
            let tx = chat.begin().await?;
            let room = changes::lock(&tx, chat.0.general).await?;
            let events = changes::join(&tx, &room, users, Role::Member).await?;
            chat.commit(tx, events).await
        }
    })
    .await
}

/// Idempotent. Owners only; an unknown username is NOT_FOUND.
pub async fn add(chat: &Chat, membership: Membership, username: &str) -> Result<()> {
    require_owner(&membership.room, membership.user_id())?;
    let account = chat.0.accounts.by_username(username).await?.ok_or_else(|| {
        Error::refused(kit::Kind::NotFound, Code::NotFound, format!("There is no user named {username}."))
    })?;
    let added = Sender { user_id: account.id, username: account.username };
    let (owner, room) = (membership.user_id(), membership.room_id());
    chat.write(move |chat| {
        let added = vec![added.clone()];
        async move {
            let tx = chat.begin().await?;
            let room = changes::lock(&tx, room).await?;
            require_owner(&room, owner)?;
            let events = changes::join(&tx, &room, added, Role::Member).await?;
            chat.commit(tx, events).await
        }
    })
    .await
}

/// Oneself or, for owners, anybody; idempotent for owners. The removed user is never given anything above the
/// returned `lastSeq`. An owner who leaves hands over, the last one out deletes the room.
pub async fn remove(chat: &Chat, membership: Membership, removed: UserId) -> Result<MemberRemoved> {
    let (user, room) = (membership.user_id(), membership.room_id());
    chat.write(move |chat| async move {
        let tx = chat.begin().await?;
        let room = changes::lock(&tx, room).await?;
        refuse_general(&room)?;
        if removed != user {
            require_owner(&room, user)?;
        }
        let events = changes::leave(&tx, &room, removed).await?;
        chat.commit(tx, events).await?;
        Ok(MemberRemoved { ok: true, last_seq: Seq(room.last_seq) })
    })
    .await
}

/// GENERAL_ROOM or OWNER_ONLY.
pub(crate) fn require_owner(room: &rooms::Model, user: UserId) -> Result<()> {
    refuse_general(room)?;
    if room.is_owned_by(user) {
        return Ok(());
    }
    Err(Error::forbidden(Code::OwnerOnly, "Only the owner of the room may do this."))
}

fn refuse_general(room: &rooms::Model) -> Result<()> {
    if room.is_general() {
        let detail = "The general room cannot be left, renamed or deleted, and everybody is in it.";
        return Err(Error::forbidden(Code::GeneralRoom, detail));
    }
    Ok(())
}
