use std::time::Duration;

use protocol::{Code, Message, MessageId, Seq, Timestamp, UserId, messages::MessageKind};

use super::*;

fn bob() -> Sender {
    Sender { user_id: UserId::random(), username: "bob".into() }
}

fn refused(text: &str) -> SocketError {
    match receive(&bob(), text) {
        Effect::Refuse(error) => error,
        effect => panic!("{text}: {effect:?}"),
    }
}

fn sent(text: &str) -> (Draft, Receipt) {
    match receive(&bob(), text) {
        Effect::Send(draft, receipt) => (*draft, receipt),
        effect => panic!("{text}: {effect:?}"),
    }
}

#[test]
fn a_ping_gets_a_pong() {
    assert_eq!(receive(&bob(), r#" {"action":"ping"} "#), Effect::Reply(ServerEvent::Pong));
}

#[test]
fn a_room_is_named_by_a_number_or_by_its_digits() {
    for room in ["7", r#""7""#] {
        let text =
            format!(r#"{{"action":"sendMessage","roomId":{room},"content":"  hi ","clientMessageId":"a"}}"#);
        let (draft, _) = sent(&text);
        assert_eq!((draft.room_id, draft.content.as_str()), (RoomId(7), "hi"));
        assert_eq!(draft.client_message_id.as_str(), "a");
    }
}

#[test]
fn a_message_without_an_id_gets_one() {
    for id in ["", r#","clientMessageId":null"#] {
        let text = format!(r#"{{"action":"sendMessage","roomId":1,"content":"hi"{id}}}"#);
        let (draft, receipt) = sent(&text);
        assert!(receipt == Receipt(None) && !draft.client_message_id.as_str().is_empty());
    }
}

#[test]
fn each_bad_frame_gets_its_code() {
    use SocketErrorCode::{BadJson, BadRequest, TooLarge, UnknownAction};
    let deep = "[".repeat(30_000) + &"]".repeat(30_000);
    let long = "x".repeat(4001);
    let message = |fields: &str| format!(r#"{{"action":"sendMessage",{fields}}}"#);
    let cases = [
        (String::new(), BadJson),
        ("{".into(), BadJson),
        ("hello".into(), BadJson),
        (r#"{"action":"ping"} x"#.into(), BadJson),
        (message(r#""roomId":1,"content":"\ud800""#), BadJson),
        (deep.clone(), BadJson),
        (format!(r#"{{"action":"ping","x":{deep}}}"#), BadJson),
        ("null".into(), BadRequest),
        ("[]".into(), BadRequest),
        (r#"["sendMessage",1,"hi"]"#.into(), BadRequest),
        (r#""ping""#.into(), BadRequest),
        ("{}".into(), BadRequest),
        (r#"{"action":1}"#.into(), BadRequest),
        (r#"{"action":null}"#.into(), BadRequest),
        (r#"{"action":"Ping"}"#.into(), UnknownAction),
        (r#"{"action":""}"#.into(), UnknownAction),
        (message(r#""content":"hi""#), BadRequest),
        (message(r#""roomId":1"#), BadRequest),
        (message(r#""roomId":null,"content":"hi""#), BadRequest),
        (message(r#""roomId":0,"content":"hi""#), BadRequest),
        (message(r#""roomId":-1,"content":"hi""#), BadRequest),
        (message(r#""roomId":1.5,"content":"hi""#), BadRequest),
        (message(r#""roomId":"x","content":"hi""#), BadRequest),
        (message(r#""roomId":"","content":"hi""#), BadRequest),
        (message(r#""roomId":"9007199254740992","content":"hi""#), BadRequest),
        (message(r#""roomId":[1],"content":"hi""#), BadRequest),
        (message(r#""roomId":1,"content":1"#), BadRequest),
        (message(r#""roomId":1,"content":"""#), BadRequest),
        (message(r#""roomId":1,"content":" \n ""#), BadRequest),
        (message(r#""roomId":1,"content":"a\u0000b""#), BadRequest),
        (message(r#""roomId":1,"content":"hi","clientMessageId":1"#), BadRequest),
        (message(r#""roomId":1,"content":"hi","clientMessageId":"""#), BadRequest),
        (message(r#""roomId":1,"content":"hi","clientMessageId":"é""#), BadRequest),
        (
            message(&format!(r#""roomId":1,"content":"hi","clientMessageId":"{}""#, "x".repeat(65))),
            BadRequest,
        ),
        (message(&format!(r#""roomId":1,"content":"{long}""#)), TooLarge),
    ];
    for (text, code) in cases {
        assert_eq!(refused(&text).code, code, "{}", &text[..text.len().min(80)]);
    }
    assert!(matches!(receive_binary(), Effect::Refuse(error) if error.code == BadJson));
}

#[test]
fn an_error_repeats_what_the_client_called_it() {
    let error = refused(r#"{"action":"sendMessage","roomId":1,"content":"","clientMessageId":"a"}"#);
    assert_eq!(
        (error.action.as_deref(), error.client_message_id.as_deref()),
        (Some("sendMessage"), Some("a"))
    );
    let error = refused(r#"{"action":"dance","clientMessageId":7}"#);
    assert_eq!((error.action.as_deref(), error.client_message_id), (Some("dance"), None));
    assert_eq!(refused(&format!(r#"{{"action":"{}"}}"#, "x".repeat(257))).action, None);
}

#[test]
fn an_answer_is_an_ack_or_says_why_not() {
    let (draft, receipt) =
        sent(r#"{"action":"sendMessage","roomId":1,"content":"hi","clientMessageId":"a"}"#);
    let error_of = |error| match answer(receipt.clone(), Err(error)) {
        ServerEvent::Error(error) => error,
        event => panic!("{event:?}"),
    };
    let limited = error_of(Error::rate_limited(Duration::from_millis(1200)));
    assert_eq!((limited.code, limited.retry_after_ms), (SocketErrorCode::RateLimited, Some(1200)));
    assert_eq!(limited.client_message_id.as_deref(), Some("a"));
    assert_eq!(error_of(Error::not_found()).code, SocketErrorCode::NotFound);
    assert_eq!(error_of(Error::conflict(Code::Conflict, "used")).code, SocketErrorCode::Conflict);
    let internal = error_of(Error::internal("disk full"));
    assert_eq!(internal.code, SocketErrorCode::Unavailable);
    assert!(!internal.message.contains("disk"));

    let Draft { sender, room_id, content, client_message_id } = draft;
    let message = Message {
        id: MessageId(3),
        room_id,
        seq: Seq(2),
        user_id: sender.user_id,
        username: "bob".into(),
        username_snapshot: "bob".into(),
        kind: MessageKind::Text,
        content,
        file_url: None,
        client_message_id: client_message_id.clone(),
        created_at: Timestamp(0),
    };
    let ack = answer(receipt.clone(), Ok(Sent { message, duplicate: true }));
    let expected =
        ServerEvent::Ack { client_message_id, room_id, id: MessageId(3), seq: Seq(2), duplicate: true };
    assert_eq!(ack, expected);
}
