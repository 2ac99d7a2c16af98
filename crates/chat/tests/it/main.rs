//! Chat over HTTP on a port of its own, on a database of its own, with accounts made up by the test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod account_changes;
mod accounts;
mod app;
mod batches;
mod documents;
mod history;
mod input;
mod lives;
mod lost_answers;
mod members;
mod messages;
mod missed;
mod nodes;
mod outbox;
mod plans;
mod reads;
mod recent;
mod revisions;
mod rooms;
mod stopping;
mod storms;
mod upgrades;
