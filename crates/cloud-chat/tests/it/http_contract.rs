//! The HTTP half of the contract: paths, statuses, shapes, headers.

mod accounts;
mod cookies;
mod cors;
mod errors;
mod events;
mod internal;
mod messages;
mod pages;
mod rooms;
mod sessions;
