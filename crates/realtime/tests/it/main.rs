//! The WebSocket as clients meet it: over real connections, chat being a model in memory.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod ends;
mod handshakes;
mod messages;
mod server;
#[expect(dead_code, reason = "the hub's own tests use the rest of it")]
mod world;

use realtime::Rooms;
