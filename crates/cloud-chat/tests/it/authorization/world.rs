//! The callers of the matrices and the rooms that they act on, a new one for each act.

use reqwest::Method;

use crate::harness::{Answer, App, User, eventually, tokens::expired};

use super::table::{Role, Row};

pub struct World {
    pub owner: User,
    pub member: User,
    pub removed: User,
    non_member: User,
    deleted: User,
    disabled: User,
    revoked: User,
    /// Whose account is there to be deleted.
    pub leaver: User,
}

impl World {
    pub async fn new(app: &App) -> Self {
        let owner = app.user("owner").await;
        let revoked = owner.log_in().await;
        revoked.log_out().await;
        let (deleted, disabled) = (app.user("deleted").await, app.user("disabled").await);
        owner.create_room_with("theirs too, once", &[&deleted, &disabled]).await;
        deleted.delete_account().await;
        // The first server is the one with the accounts.
        let done = app.servers[0].administer(&["disable", "disabled"]).await;
        assert_eq!(done.code, Some(0), "{}", done.stderr);
        for gone in [&revoked, &deleted, &disabled] {
            for path in ["/users/me", "/rooms/my-rooms"] {
                eventually("everybody has heard of it", async || {
                    (gone.get(path).await.status == 401).then_some(())
                })
                .await;
            }
        }
        Self {
            owner,
            revoked,
            deleted,
            disabled,
            member: app.user("member").await,
            removed: app.user("removed").await,
            non_member: app.user("non-member").await,
            leaver: app.user("leaver").await,
        }
    }

    pub async fn act(&self, row: &Row, role: Role) -> Answer {
        let (method, path) = row.operation.split_once(' ').expect("a method and a path");
        let room = self.room().await;
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
        match self.token(role, account) {
            Some(token) => call.bearer(&token).await,
            None => call.await,
        }
    }

    /// One that everybody has been in who should have, as it is told of the roles.
    pub async fn room(&self) -> i64 {
        let room = self.owner.create_room_with("plans", &[&self.member, &self.removed]).await;
        self.owner.remove(room, &self.removed).await;
        room
    }

    /// What they show; `owner`: of what is asked.
    pub fn token(&self, role: Role, owner: &User) -> Option<String> {
        let who = match role {
            Role::Stranger => return None,
            Role::Expired => return Some(expired(&owner.token)),
            Role::NonMember => &self.non_member,
            Role::Removed => &self.removed,
            Role::Deleted => &self.deleted,
            Role::Disabled => &self.disabled,
            Role::Revoked => &self.revoked,
            Role::Member => &self.member,
            Role::Owner => owner,
        };
        Some(who.token.clone())
    }
}
