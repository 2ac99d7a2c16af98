//! The matrix.

use serde_json::{Value, json};

use super::world::World;

/// Kinds of callers, in the order of the statuses below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// No token at all.
    Stranger,
    /// An account, but not in the room.
    NonMember,
    /// Was in the room.
    Removed,
    /// Was in the room, then deleted the account; the token has not expired.
    Deleted,
    /// Was in the room, then the operator disabled the account; the token has not expired.
    Disabled,
    /// The owner, with a token that has expired.
    Expired,
    /// The owner, with a token of a session that was logged out.
    Revoked,
    Member,
    /// Of the room, or of the account.
    Owner,
}

pub const ROLES: [Role; 9] = [
    Role::Stranger,
    Role::NonMember,
    Role::Removed,
    Role::Deleted,
    Role::Disabled,
    Role::Expired,
    Role::Revoked,
    Role::Member,
    Role::Owner,
];

pub struct Row {
    pub operation: &'static str,
    pub body: fn(&World) -> Option<Value>,
    pub statuses: [u16; 9],
}

const fn row(operation: &'static str, statuses: [u16; 9], body: fn(&World) -> Option<Value>) -> Row {
    Row { operation, body, statuses }
}

const fn anybody(status: u16) -> [u16; 9] {
    [status; 9]
}

const fn accounts(status: u16) -> [u16; 9] {
    [401, status, status, 401, 401, 401, 401, status, status]
}

const fn members(status: u16) -> [u16; 9] {
    [401, 404, 404, 401, 401, 401, 401, status, status]
}

/// Members learn that they may not; others do not even learn that the room is there.
const fn room_owner(status: u16) -> [u16; 9] {
    [401, 404, 404, 401, 401, 401, 401, 403, status]
}

const fn oneself(status: u16) -> [u16; 9] {
    [401, 403, 403, 401, 401, 401, 401, 403, status]
}

const NONE: fn(&World) -> Option<Value> = |_| None;

pub const ROWS: &[Row] = &[
    row("GET /health", anybody(200), NONE),
    row("GET /health/live", anybody(200), NONE),
    row("GET /health/ready", anybody(200), NONE),
    row("GET /auth/health", anybody(200), NONE),
    row("POST /auth/signup", anybody(409), |world| {
        Some(
            json!({"username": world.member.username, "email": "new@example.org", "password": "long walks and talks"}),
        )
    }),
    row("POST /auth/login", anybody(200), |world| {
        Some(json!({"email": world.member.email, "password": world.member.password}))
    }),
    row("POST /auth/refresh", anybody(401), |_| Some(json!({"refreshToken": "unknown"}))),
    row("POST /auth/logout", anybody(200), |_| Some(json!({"refreshToken": "unknown"}))),
    row("POST /auth/forgot-password", anybody(200), |world| Some(json!({"email": world.member.email}))),
    row("POST /auth/reset-password", anybody(400), |_| {
        Some(json!({"token": "unknown", "newPassword": "long walks and talks"}))
    }),
    // A key opens it, never a user's token.
    row("POST /auth/introspect", anybody(401), |world| Some(json!({"token": world.owner.token}))),
    row("GET /users", accounts(200), NONE),
    row("GET /users/me", accounts(200), NONE),
    row("GET /users/{id}", accounts(200), NONE),
    row("GET /users/by-username/{username}", accounts(200), NONE),
    row("PATCH /users/{id}", oneself(200), |world| Some(json!({"username": world.owner.username}))),
    row("DELETE /users/{id}", oneself(200), |world| Some(json!({"currentPassword": world.leaver.password}))),
    row("GET /rooms/general", accounts(200), NONE),
    row("GET /rooms/my-rooms", accounts(200), NONE),
    row("POST /rooms/create", accounts(201), |_| Some(json!({"name": "another"}))),
    row("GET /rooms/{id}", members(200), NONE),
    row("PATCH /rooms/{id}", room_owner(200), |_| Some(json!({"name": "renamed"}))),
    row("DELETE /rooms/{id}", room_owner(200), NONE),
    row("POST /rooms/{id}/add-member", room_owner(200), |world| {
        Some(json!({"username": world.removed.username}))
    }),
    // Of the member: themself or the owner.
    row("DELETE /rooms/{id}/members/{userId}", members(200), NONE),
    row("POST /rooms/{id}/read", members(200), |_| Some(json!({"seq": 0}))),
    row("GET /messages/{roomId}", members(200), NONE),
    row("POST /messages/{roomId}", members(201), |_| Some(json!({"content": "hi"}))),
];
