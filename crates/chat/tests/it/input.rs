//! Bad input, field by field. The process lives on.

use protocol::{Code, Message, Room};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::TestApp;

const HIDDEN: [&str; 4] = ["\u{200B}", "\u{200B}\u{200C}\u{200D}", "\u{FEFF}", "\u{2060}"];

#[tokio::test]
async fn room_names_are_checked() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let long = "x".repeat(51);
    let mut cases = vec![
        (json!(""), "TOO_SHORT"),
        (json!("   "), "TOO_SHORT"),
        (json!(long), "TOO_LONG"),
        (json!("a\u{0}b"), "BAD_FORMAT"),
        (json!("a\nb"), "BAD_FORMAT"),
        (json!("\u{202E}gnp.exe"), "BAD_FORMAT"),
        (json!("general"), "RESERVED"),
        (json!(" GENERAL "), "RESERVED"),
        (json!(1), "WRONG_TYPE"),
        (json!(null), "WRONG_TYPE"),
        (json!(["x"]), "WRONG_TYPE"),
        (json!({}), "WRONG_TYPE"),
    ];
    cases.extend(HIDDEN.map(|name| (json!(name), "BAD_FORMAT")));
    for (name, code) in cases {
        let wanted = ("name".to_owned(), code.to_owned());
        assert_eq!(alice.post("/rooms/create", json!({"name": name})).await.field(), wanted, "{name}");
        assert_eq!(alice.patch(&format!("/rooms/{room}"), json!({"name": name})).await.field(), wanted);
    }
    assert_eq!(alice.post("/rooms/create", json!({})).await.field(), ("name".into(), "REQUIRED".into()));
    for name in ["x", &"é".repeat(50), "会議室", "غرفة", "👩‍👩‍👧 family"] {
        let answer = alice.post("/rooms/create", json!({"name": name})).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{name}");
        assert_eq!(answer.json::<Room>().name, name);
    }
}

#[tokio::test]
async fn message_contents_are_checked_and_otherwise_kept_as_they_are() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let path = format!("/messages/{room}");
    let cases = [
        (json!(""), "TOO_SHORT"),
        (json!(" \n\t "), "TOO_SHORT"),
        (json!("x".repeat(4001)), "TOO_LONG"),
        (json!("a\u{0}b"), "BAD_FORMAT"),
        (json!(1), "WRONG_TYPE"),
        (json!(null), "WRONG_TYPE"),
        (json!(["x"]), "WRONG_TYPE"),
    ];
    for (content, code) in cases {
        let wanted = ("content".to_owned(), code.to_owned());
        assert_eq!(alice.post(&path, json!({"content": content})).await.field(), wanted);
    }
    let missing = alice.post(&path, json!({"clientMessageId": "a"})).await;
    assert_eq!(missing.field(), ("content".into(), "REQUIRED".into()));
    let longest = "𝄞".repeat(4000);
    for content in
        ["\u{200B}", "\u{202E}txet", "line\r\nline", "'; DROP TABLE messages; --", "%s\\", &longest]
    {
        assert_eq!(alice.send(room, content).await.content, content);
    }
    let read: Vec<_> = alice.messages(room).await.into_iter().map(|message| message.content).collect();
    assert_eq!(read[1], "\u{202E}txet");
    assert_eq!(read.last(), Some(&longest));
}

#[tokio::test]
async fn client_ids_are_checked() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let too_long = "x".repeat(65);
    for id in ["", "a b", "é", "a\u{0}", "a\u{200B}", "a/b", &too_long] {
        let wanted = ("clientMessageId".to_owned(), "BAD_FORMAT".to_owned());
        assert_eq!(alice.send_as(room, "hi", id).await.field(), wanted, "{id:?}");
    }
    let wrong = json!({"content": "hi", "clientMessageId": 7});
    let wrong = alice.post(&format!("/messages/{room}"), wrong).await;
    assert_eq!(wrong.field(), ("clientMessageId".into(), "WRONG_TYPE".into()));
    let null = json!({"content": "hi", "clientMessageId": null});
    let made: Message = alice.post(&format!("/messages/{room}"), null).await.json();
    assert!(!made.client_message_id.as_str().is_empty());
    assert_eq!(alice.send_as(room, "hi", &"x".repeat(64)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn usernames_and_read_marks_are_checked() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let add = format!("/rooms/{room}/add-member");
    for (name, code) in [
        (json!("ab"), "TOO_SHORT"),
        (json!("x".repeat(33)), "TOO_LONG"),
        (json!("a b c"), "BAD_FORMAT"),
        (json!("bob\u{0}"), "BAD_FORMAT"),
        (json!("b\u{202E}ob"), "BAD_FORMAT"),
        (json!("bo\u{200B}b"), "BAD_FORMAT"),
        (json!(7), "WRONG_TYPE"),
    ] {
        let answer = alice.post(&add, json!({"username": name})).await;
        assert_eq!(answer.field(), ("username".into(), code.into()), "{name}");
    }
    let read = format!("/rooms/{room}/read");
    for seq in
        [json!(-1), json!(1.5), json!("1"), json!(null), json!(9_007_199_254_740_992_i64), json!(1e300)]
    {
        let answer = alice.post(&read, json!({"seq": seq})).await;
        assert_eq!(answer.field(), ("seq".into(), "WRONG_TYPE".into()), "{seq}");
    }
    assert_eq!(alice.post(&read, json!({})).await.field(), ("seq".into(), "REQUIRED".into()));
    alice.read(room, 9_007_199_254_740_991).await.ok::<Value>();
}

#[tokio::test]
async fn bodies_that_are_no_json_objects_are_refused() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let paths = [
        "/rooms/create".to_owned(),
        format!("/messages/{room}"),
        format!("/rooms/{room}/add-member"),
        format!("/rooms/{room}/read"),
    ];
    let deep = "[".repeat(30_000) + &"]".repeat(30_000);
    let big = format!(r#"{{"content":"{}"}}"#, "x".repeat(70_000));
    for path in paths {
        for body in
            ["", "{", "nope", r#"{"content":"\ud800","name":"\ud800","username":"\ud800","seq":"\ud800"}"#]
        {
            assert_eq!(alice.post_text(&path, body).await.refused(400), Code::BadJson, "{path} {body}");
        }
        for body in ["[]", "1", "null", &deep] {
            alice.post_text(&path, body).await.refused(400);
        }
        assert_eq!(alice.post_text(&path, &big).await.refused(413), Code::TooLarge);
    }
    alice.send(room, "still here").await;
}

#[tokio::test]
async fn ids_in_paths_that_are_none_name_nothing() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    for id in [
        "0",
        "-1",
        "x",
        "1.5",
        "9007199254740992",
        "99999999999999999999",
        "%00",
        "1%20",
        "%F0%9F%98%80",
        "1e1",
    ] {
        let answers = [
            alice.get(&format!("/rooms/{id}")).await,
            alice.get(&format!("/messages/{id}")).await,
            alice.post(&format!("/messages/{id}"), json!({"content": "hi"})).await,
            alice.delete(&format!("/rooms/{id}/members/{}", alice.id)).await,
        ];
        for answer in answers {
            assert_eq!(answer.refused(404), Code::NotFound, "{id}");
        }
    }
    for id in ["x", "1", "%00", "00000000-0000-0000-0000-00000000000g"] {
        assert_eq!(alice.delete(&format!("/rooms/{room}/members/{id}")).await.refused(404), Code::NotFound);
    }
    assert_eq!(alice.get(&format!("/rooms/{room}?membersAfter=x")).await.refused(400), Code::Invalid);
}

#[tokio::test]
async fn other_methods_are_refused_with_a_problem() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    for path in ["/rooms/my-rooms", "/rooms/general", "/messages/1"] {
        assert_eq!(alice.delete(path).await.refused(405), Code::MethodNotAllowed);
    }
}
