//! Bodies of requests: the first line names the type, the rest is the body.

use kit::extract::parse_object;
use protocol::{
    Validate,
    accounts::{
        DeleteUser, ForgotPassword, Introspect, Login, RefreshTokenBody, ResetPassword, Signup, UserPatch,
    },
    checks,
    messages::NewMessage,
    rooms::{AddMember, ReadMark, RoomName},
};
use serde::de::IgnoredAny;

pub fn take(bytes: &[u8]) {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let (kind, body) = (&bytes[..end], &bytes[end + 1..]);
    match kind {
        b"signup" => {
            if let Some(Signup { username, email, password, .. }) = read(body) {
                assert_eq!(checks::username(&username), Ok(()), "{username:?}");
                assert_eq!(checks::email(&email), Ok(()), "{email:?}");
                assert_eq!(checks::password(&password), Ok(()));
            }
        }
        b"message" => {
            if let Some(NewMessage { content, .. }) = read(body) {
                assert_eq!(checks::content(&content), Ok(()), "{content:?}");
            }
        }
        b"room" => {
            if let Some(RoomName { name }) = read(body) {
                assert_eq!(checks::room_name(&name), Ok(()), "{name:?}");
            }
        }
        b"login" => drop(read::<Login>(body)),
        b"refresh" => drop(read::<RefreshTokenBody>(body)),
        b"forgot" => drop(read::<ForgotPassword>(body)),
        b"reset" => drop(read::<ResetPassword>(body)),
        b"patch" => drop(read::<UserPatch>(body)),
        b"delete" => drop(read::<DeleteUser>(body)),
        b"introspect" => drop(read::<Introspect>(body)),
        b"member" => drop(read::<AddMember>(body)),
        b"read" => drop(read::<ReadMark>(body)),
        _ => {}
    }
}

/// What is taken is a JSON object, whatever the type.
fn read<T: serde::de::DeserializeOwned + Validate>(body: &[u8]) -> Option<T> {
    let value = parse_object::<T>(body).ok()?.validate().ok()?;
    // Ignored, not read: a number may be too large for anything, in a field that nobody asks for.
    serde_json::from_slice::<IgnoredAny>(body).expect("only JSON is taken");
    assert_eq!(body.trim_ascii_start().first(), Some(&b'{'), "only objects are taken");
    Some(value)
}
