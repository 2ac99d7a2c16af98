//! The tables as sea-orm sees them. Ids are text, times milliseconds since 1970.

pub mod account_changes;
pub mod account_cursor;
pub mod password_reset_tokens;
pub mod refresh_tokens;
pub mod users;
