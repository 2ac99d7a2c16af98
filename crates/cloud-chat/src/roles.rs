//! The roles that one binary plays: everything, or one service.

mod auth;
mod chat;
mod everything;
#[cfg(feature = "aws")]
mod gateway;
pub mod parts;
mod ws;

pub use auth::run as auth;
pub use chat::run as chat;
pub use everything::run as everything;
pub use ws::run as ws;
