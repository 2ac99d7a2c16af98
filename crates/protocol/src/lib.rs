//! What travels: ids, request and response bodies, socket actions and events, error codes, and the shapes that
//! services exchange. Types and their rules only; no I/O.

pub mod accounts;
pub mod actions;
pub mod checks;
pub mod codes;
pub mod events;
pub mod ids;
pub mod messages;
pub mod problems;
pub mod rooms;
pub mod seams;
pub mod time;
pub mod validation;

pub use codes::Code;
pub use events::ServerEvent;
pub use ids::{ClientMessageId, MessageId, RoomId, Seq, SessionId, UserId};
pub use messages::Message;
pub use problems::{FieldError, Problem};
pub use rooms::Room;
pub use time::Timestamp;
pub use validation::Validate;
