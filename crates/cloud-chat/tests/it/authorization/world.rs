//! The callers of the matrix and the rooms that they act on, a new one for each act.

use reqwest::Method;

use crate::harness::{Answer, App, User, eventually, tokens::expired};

use super::table::{Role, Row};

pub struct World {
    pub owner: User,
    pub member: User,
    pub removed: User,
    non_member: User,
    deleted: User,
    revoked: User,
    /// Whose account is there to be deleted.
    pub leaver: User,
}

impl World {
    pub async fn new(app: &App) -> Self {
        let owner = app.user("owner").await;
        let revoked = owner.log_in().await;
        revoked.log_out().await;
        let deleted = app.user("deleted").await;
        owner.create_room_with("theirs too, once", &[&deleted]).await;
        deleted.delete_account().await;
        for gone in [&revoked, &deleted] {
            eventually("chat has heard of it", async || {
                (gone.get("/rooms/my-rooms").await.status == 401).then_some(())
            })
            .await;
        }
        Self {
            owner,
            revoked,
            deleted,
            member: app.user("member").await,
            removed: app.user("removed").await,
            non_member: app.user("non-member").await,
            leaver: app.user("leaver").await,
        }
    }

    pub async fn act(&self, row: &Row, role: Role) -> Answer {
        let (method, path) = row.operation.split_once(' ').expect("a method and a path");
        let room = self.owner.create_room_with("plans", &[&self.member, &self.removed]).await;
        self.owner.remove(room, &self.removed).await;
        // Deleting an account is the one act that cannot be repeated on the same person.
        let account = if row.operation == "DELETE /users/{id}" { &self.leaver } else { &self.owner };
        let id = if path.starts_with("/users") { account.id.clone() } else { room.to_string() };
        let path = path
            .replace("{id}", &id)
            .replace("{roomId}", &id)
            .replace("{userId}", &self.member.id)
            .replace("{username}", &self.member.username);
        assert!(!path.contains('{'), "{path}: an unknown parameter");

        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut call = self.owner.api.call(&method, &path);
        if let Some(body) = (row.body)(self) {
            call = call.json(&body);
        }
        match role {
            Role::Stranger => call.await,
            Role::NonMember => call.bearer(&self.non_member.token).await,
            Role::Removed => call.bearer(&self.removed.token).await,
            Role::Deleted => call.bearer(&self.deleted.token).await,
            Role::Expired => call.bearer(&expired(&account.token)).await,
            Role::Revoked => call.bearer(&self.revoked.token).await,
            Role::Member => call.bearer(&self.member.token).await,
            Role::Owner => call.bearer(&account.token).await,
        }
    }
}
