//! Accounts as a client meets them: over HTTP, on a database of their own.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod admin;
mod bad_input;
mod changes;
mod cookies;
mod documents;
mod harness;
mod introspections;
mod limits;
mod mails;
mod refreshes;
mod resets;
mod sessions;
mod signups;
mod storms;
mod upgrades;
mod users;
