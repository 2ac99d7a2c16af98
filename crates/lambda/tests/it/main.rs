//! The function `ws` as a process, between a gateway, DynamoDB's API and a chat-service that says what a test wants.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod chat;
mod connecting;
mod databases;
mod frames;
mod world;
