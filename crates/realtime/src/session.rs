//! What a client's frame means: a frame in, an effect out; the answer of a send in, an event out. Knows no
//! transport, no task and no clock, so that every shell over it speaks the same protocol.

use kit::{Error, Result, error::Refusal};
use protocol::{
    ClientMessageId, FieldError, RoomId, ServerEvent,
    actions::RoomRef,
    checks,
    codes::FieldCode,
    events::{SocketError, SocketErrorCode},
    seams::{Draft, Sender, Sent},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// What a client gave is echoed up to this length, in bytes.
const ECHO_MAX: usize = 256;

/// What to do about a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Reply(ServerEvent),
    /// A bad frame: the client is told, and the connection lives on.
    Refuse(SocketError),
    Send(Box<Draft>, Receipt),
}

/// What the sender called a message, for the answer. Only an id that the client gave is in an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt(Option<String>);

/// A text frame.
pub fn receive(sender: &Sender, text: &str) -> Effect {
    match act(sender, text) {
        Ok(effect) => effect,
        Err(error) => Effect::Refuse(error),
    }
}

/// A binary frame: the protocol has none.
pub fn receive_binary() -> Effect {
    Effect::Refuse(refusal(SocketErrorCode::BadJson, "Send JSON in text frames."))
}

/// Takes what the storing of a message came to. The sender's own `message` event comes before or after the `ack`:
/// clients rely on neither order.
pub fn answer(receipt: Receipt, result: Result<Sent>) -> ServerEvent {
    match result {
        Ok(Sent { message, duplicate }) => ServerEvent::Ack {
            client_message_id: message.client_message_id,
            room_id: message.room_id,
            id: message.id,
            seq: message.seq,
            duplicate,
        },
        Err(error) => ServerEvent::Error(failure(receipt, error)),
    }
}

fn act(sender: &Sender, text: &str) -> Result<Effect, SocketError> {
    let bad_json = || refusal(SocketErrorCode::BadJson, "The frame is not valid JSON.");
    let Value::Object(mut fields) = serde_json::from_str(text).map_err(|_| bad_json())? else {
        return Err(refusal(SocketErrorCode::BadRequest, "The frame is not a JSON object."));
    };
    let client_message_id = echo(fields.get("clientMessageId"));
    let action = echo(fields.get("action"));
    let result = match fields.remove("action") {
        Some(Value::String(action)) if action == "ping" => Ok(Effect::Reply(ServerEvent::Pong)),
        Some(Value::String(action)) if action == "sendMessage" => send_message(sender, fields),
        Some(Value::String(_)) => Err(refusal(SocketErrorCode::UnknownAction, "There is no such action.")),
        Some(_) => Err(bad_field(&FieldError::new("action", FieldCode::WrongType))),
        None => Err(bad_field(&FieldError::new("action", FieldCode::Required))),
    };
    result.map_err(|error| SocketError { client_message_id, action, ..error })
}

fn send_message(sender: &Sender, mut fields: Map<String, Value>) -> Result<Effect, SocketError> {
    let room: RoomRef = field(&mut fields, "roomId")?;
    let room_id = room.room_id().filter(|id| RoomId::new(id.0).is_some());
    let room_id = room_id.ok_or_else(|| bad_field(&FieldError::new("roomId", FieldCode::BadFormat)))?;
    let given_id: Option<String> = match fields.remove("clientMessageId") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id),
        Some(_) => return Err(bad_field(&FieldError::new("clientMessageId", FieldCode::WrongType))),
    };
    let client_message_id = match &given_id {
        Some(id) => {
            id.parse().map_err(|_| bad_field(&FieldError::new("clientMessageId", FieldCode::BadFormat)))?
        }
        None => ClientMessageId::random(),
    };
    let content: String = field(&mut fields, "content")?;
    let content = content.trim();
    checks::content(content).map_err(|code| bad_field(&FieldError::new("content", code)))?;
    let draft = Draft { sender: sender.clone(), room_id, content: content.into(), client_message_id };
    Ok(Effect::Send(Box::new(draft), Receipt(given_id)))
}

fn field<T: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Result<T, SocketError> {
    let Some(value) = fields.remove(name) else {
        return Err(bad_field(&FieldError::new(name, FieldCode::Required)));
    };
    serde_json::from_value(value).map_err(|_| bad_field(&FieldError::new(name, FieldCode::WrongType)))
}

fn bad_field(error: &FieldError) -> SocketError {
    let code = match error.code {
        FieldCode::TooLong => SocketErrorCode::TooLarge,
        _ => SocketErrorCode::BadRequest,
    };
    refusal(code, &error.message)
}

fn refusal(code: SocketErrorCode, message: &str) -> SocketError {
    SocketError { code, message: message.into(), client_message_id: None, action: None, retry_after_ms: None }
}

/// Ours are logged here, the outer layer of a send, and never sent.
fn failure(receipt: Receipt, error: Error) -> SocketError {
    let client_message_id = receipt.0;
    let action = Some("sendMessage".to_owned());
    match error {
        Error::Refused(refused) => {
            let Refusal { code, detail, retry_after, .. } = *refused;
            let retry_after_ms =
                retry_after.map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
            SocketError { client_message_id, action, retry_after_ms, ..refusal(code.into(), &detail) }
        }
        Error::Internal(error) => {
            tracing::error!(error, "a message could not be stored");
            let message = "Something went wrong on our side. Try again in a moment.";
            let retry_after_ms = Some(1000);
            let error = refusal(SocketErrorCode::Unavailable, message);
            SocketError { client_message_id, action, retry_after_ms, ..error }
        }
    }
}

fn echo(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).filter(|text| text.len() <= ECHO_MAX).map(Into::into)
}

#[cfg(test)]
mod tests;
