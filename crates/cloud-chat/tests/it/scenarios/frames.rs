//! Frames that are wrong: answered with an error, or, past what the contract names, with a close.

use std::num::NonZeroUsize;

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message as WsMessage,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::harness::Topology;

pub async fn a_bad_frame_is_answered_and_costs_nothing_else(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    for text in ["", " ", "nonsense", "{", "{\"action\":\"ping\"", "{\"action\":\"\\ud800\"}", "\u{0}", "{'a':1}"] {
        socket.say_text(text).await;
        socket.expect_error("BAD_JSON").await;
    }
    let lone_half = format!(r#"{{"action":"sendMessage","roomId":{plans},"content":"\ud800"}}"#);
    socket.say_text(&lone_half).await;
    socket.expect_error("BAD_JSON").await;
    for frame in [json!({"action": "dance"}), json!({"action": ""}), json!({"action": "SENDMESSAGE"})] {
        socket.say(&frame).await;
        assert_eq!(socket.expect_error("UNKNOWN_ACTION").await["action"], frame["action"]);
    }
    for frame in [json!([]), json!(null), json!(1), json!("ping"), json!({}), json!({"action": 7}), json!({"action": null})]
    {
        socket.say(&frame).await;
        socket.expect_error("BAD_REQUEST").await;
    }
    for frame in bad_sends(plans) {
        socket.say(&frame).await;
        let error = socket.expect("error").await;
        assert_eq!(error["code"], "BAD_REQUEST", "{error} for {frame}");
        assert_eq!(error["action"], "sendMessage", "{frame}");
    }
    socket.send(plans, "long", &"é".repeat(4001)).await;
    socket.expect_error("TOO_LARGE").await;
    for room in [json!(999_999), json!("999999"), json!(9_007_199_254_740_991_i64)] {
        socket.say(&json!({"action": "sendMessage", "roomId": room, "content": "hi"})).await;
        socket.expect_error("NOT_FOUND").await;
    }

    assert_eq!(socket.send_acked(plans, "good", "still here").await["seq"], 1);
    assert_eq!(alice.history(plans).await.len(), 1);
}

fn bad_sends(room: i64) -> Vec<Value> {
    let send = |patch: Value| {
        let mut frame = json!({"action": "sendMessage", "roomId": room, "content": "hi", "clientMessageId": "id"});
        let frame_fields = frame.as_object_mut().expect("an object");
        for (name, value) in patch.as_object().expect("an object") {
            if value == "missing" {
                frame_fields.remove(name);
            } else {
                frame_fields.insert(name.clone(), value.clone());
            }
        }
        frame
    };
    let contents = [
        json!("missing"),
        json!(null),
        json!(1),
        json!([]),
        json!({}),
        json!(""),
        json!(" \n "),
        json!("a\0b"),
    ];
    let rooms = [json!("missing"), json!(null), json!(0), json!(-1), json!(1.5), json!(""), json!("x"), json!([room])];
    let ids = [json!(7), json!(""), json!("a b"), json!("é"), json!("x".repeat(65)), json!("a\0"), json!([])];
    let contents = contents.into_iter().map(|content| send(json!({"content": content})));
    let rooms = rooms.into_iter().map(|id| send(json!({"roomId": id})));
    let ids = ids.into_iter().map(|id| send(json!({"clientMessageId": id})));
    contents.chain(rooms).chain(ids).collect()
}

pub async fn an_error_names_the_send_that_it_is_about(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    socket.send(plans, "the-long-one", &"x".repeat(4001)).await;
    let error = socket.expect_error("TOO_LARGE").await;
    assert_eq!((&error["clientMessageId"], &error["action"]), (&json!("the-long-one"), &json!("sendMessage")));

    socket.send(999_999, "to-nowhere", "hi").await;
    let error = socket.expect_error("NOT_FOUND").await;
    assert_eq!((&error["clientMessageId"], &error["action"]), (&json!("to-nowhere"), &json!("sendMessage")));
}

pub async fn a_ping_is_answered(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let mut socket = alice.connect().await;

    socket.say(&json!({"action": "ping"})).await;
    assert_eq!(socket.expect("pong").await, json!({"type": "pong"}));
    socket.say(&json!({"action": "ping", "unknown": "is ignored"})).await;
    socket.expect("pong").await;
    socket.say_frame(WsMessage::Ping("protocol".into())).await;
    socket.assert_alive().await;
}

pub async fn a_binary_frame_is_answered(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let mut socket = alice.connect().await;

    for bytes in [&b""[..], b"\x00\xff\xfe", br#"{"action":"ping"}"#] {
        socket.say_frame(WsMessage::Binary(bytes.to_vec().into())).await;
        socket.expect_error("BAD_JSON").await;
    }
    socket.assert_alive().await;
}

pub async fn invalid_utf_8_closes_with_1007(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;

    // Half of an "é", a lone continuation byte, a surrogate half, an overlong slash.
    for bytes in [&b"\"\xc3"[..], b"\x80", b"\"\xed\xa0\x80\"", b"\xc0\xaf"] {
        let mut socket = alice.connect().await;
        socket.say_frame(WsMessage::Frame(text_frame(bytes, true))).await;
        assert_eq!(socket.expect_close().await.code, 1007, "{bytes:?}");
    }
    // A character that two fragments share is whole again.
    let mut socket = alice.connect().await;
    socket.say_frame(WsMessage::Frame(text_frame(b"\"\xc3", false))).await;
    let rest = Frame::message(b"\xa9\"".to_vec(), OpCode::Data(Data::Continue), true);
    socket.say_frame(WsMessage::Frame(rest)).await;
    socket.expect_error("BAD_REQUEST").await;
    app.assert_healthy().await;
}

fn text_frame(bytes: &[u8], is_final: bool) -> Frame {
    Frame::message(bytes.to_vec(), OpCode::Data(Data::Text), is_final)
}

pub async fn a_frame_past_the_limit_closes_with_1009(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let (frame_max, message_max) = (app.api.holder().frame_bytes_max(), app.api.holder().message_bytes_max());

    for size in [frame_max + 1, 1024 * 1024] {
        let mut socket = alice.connect().await;
        // The server may close while the rest is still on its way.
        drop(socket.try_say(WsMessage::text("x".repeat(size))).await);
        assert_eq!(socket.expect_close().await.code, 1009, "{size}");
    }
    // In fragments that each would fit.
    let mut socket = alice.connect().await;
    let part_bytes = frame_max / 2;
    for nth in 0..=message_max / part_bytes {
        let data = if nth == 0 { Data::Text } else { Data::Continue };
        let part = Frame::message(vec![b'x'; part_bytes], OpCode::Data(data), false);
        drop(socket.try_say(WsMessage::Frame(part)).await);
    }
    assert_eq!(socket.expect_close().await.code, 1009);

    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut socket = alice.connect().await;
    drop(socket.try_say(WsMessage::text(deep)).await);
    assert_eq!(socket.expect_close().await.code, 1009);
    app.assert_healthy().await;
}

pub async fn a_frame_at_the_limit_is_read(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    let frame = json!({"action": "sendMessage", "roomId": plans, "content": "hi", "clientMessageId": "padded"});
    let frame = frame.to_string();
    let padding = app.api.holder().frame_bytes_max() - frame.len();
    socket.say_text(&format!("{frame}{}", " ".repeat(padding))).await;
    assert_eq!(socket.expect("ack").await["clientMessageId"], "padded");

    let longest = "🗼".repeat(4000);
    socket.send(plans, "longest", &longest).await;
    assert_eq!(socket.expect("ack").await["seq"], 2);
    assert_eq!(alice.history(plans).await[1].content, longest);
}

pub async fn the_longest_message_is_read_even_when_all_of_it_is_escaped(topology: Topology) {
    let app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    // Each scalar as two surrogates.
    let escaped = "\\ud83d\\uddfc".repeat(4000);
    let frame = format!(r#"{{"action":"sendMessage","roomId":{plans},"content":"{escaped}"}}"#);
    assert!(frame.len() < app.api.holder().frame_bytes_max());
    socket.say_text(&frame).await;
    assert_eq!(socket.expect("ack").await["seq"], 1);
    assert_eq!(alice.history(plans).await[0].content, "🗼".repeat(4000));
}

pub async fn deep_json_is_answered(topology: Topology) {
    let mut app = topology.start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    let depth = app.api.holder().frame_bytes_max() * 15 / 32;
    let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for frame in [
        deep.clone(),
        format!(r#"{{"action":{deep}}}"#),
        format!(r#"{{"action":"sendMessage","roomId":{plans},"content":{deep}}}"#),
    ] {
        socket.say_text(&frame).await;
        let error = socket.expect("error").await;
        assert!(["BAD_JSON", "BAD_REQUEST"].iter().any(|code| error["code"] == *code), "{error}");
    }
    socket.assert_alive().await;
    app.assert_healthy().await;
}

pub async fn too_many_messages_are_told_to_wait(topology: Topology) {
    let app = topology.with("RATE_LIMITS", "on").with("MESSAGE_RATE", "5").start().await;
    let alice = app.user("alice").await;
    let plans = alice.create_room("plans").await;
    let mut socket = alice.connect().await;

    for n in 0..400 {
        socket.send(plans, &format!("{n}"), "flood").await;
    }
    let mut acked = 0_usize;
    let refused = loop {
        let event = socket.expect_where("an ack or an error", |e| e["type"] == "ack" || e["type"] == "error").await;
        if event["type"] == "error" {
            break event;
        }
        acked += 1;
    };

    assert_eq!(refused["code"], "RATE_LIMITED", "{refused}");
    assert!(refused["clientMessageId"].is_string(), "{refused}");
    let wait_ms = refused["retryAfterMs"].as_u64().and_then(|ms| usize::try_from(ms).ok()).and_then(NonZeroUsize::new);
    assert!(wait_ms.is_some_and(|ms| ms.get() <= 60_000), "{refused}");
    assert!(acked > 0, "a burst is allowed");
    // Whichever way: the limit is the user's. Each node counts for itself.
    for n in 0..100 {
        let answer = alice.send_as(plans, &format!("by-post-{n}"), "flood").await;
        if answer.status != 201 {
            answer.problem(429, "RATE_LIMITED");
            return;
        }
    }
    panic!("nobody was told to wait");
}

pub async fn persistent_abuse_closes_with_1008(topology: Topology) {
    let mut app = topology.with("RATE_LIMITS", "on").start().await;
    let alice = app.user("alice").await;
    let mut abuser = alice.connect().await;
    let mut neighbour = alice.connect().await;

    for _ in 0..20_000 {
        if abuser.try_say(WsMessage::text("nonsense")).await.is_err() {
            break;
        }
    }
    assert_eq!(abuser.expect_close().await.code, 1008);
    neighbour.assert_alive().await;
    app.assert_healthy().await;
}

