//! What clients say, and what they hear back.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::world::{Person, World};

#[tokio::test]
async fn a_send_is_acknowledged_and_a_ping_answered() {
    let (world, person) = (World::start().await, Person::new());
    let mut client = world.connect(&person).await;
    let send = json!({"action": "sendMessage", "roomId": "2", "content": " hi ", "clientMessageId": "a"});
    let ack =
        json!({"type": "ack", "clientMessageId": "a", "roomId": 2, "id": 7, "seq": 1, "duplicate": false});
    assert_eq!(client.say_text(&send.to_string()).await, ack);
    assert_eq!(client.say_text(r#"{"action":"ping"}"#).await, json!({"type": "pong"}));
}

#[tokio::test]
async fn a_bad_frame_is_answered_and_costs_nothing_else() {
    let (world, person) = (World::start().await, Person::new());
    let mut client = world.connect(&person).await;
    for (frame, code) in [
        (Message::text("nonsense"), "BAD_JSON"),
        (Message::text("[]"), "BAD_REQUEST"),
        (Message::text(r#"{"action":"dance"}"#), "UNKNOWN_ACTION"),
        (Message::text(r#"{"action":"sendMessage","roomId":1}"#), "BAD_REQUEST"),
        (Message::binary(b"\x00".to_vec()), "BAD_JSON"),
    ] {
        let error = client.say(frame.clone()).await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{frame:?}");
    }
    assert_eq!(client.say_text(r#"{"action":"ping"}"#).await["type"], "pong");
}

#[tokio::test]
async fn a_connection_without_a_row_is_ended() {
    let world = World::start().await;
    for frame in [r#"{"action":"ping"}"#, r#"{"action":"sendMessage","roomId":1,"content":"hi"}"#] {
        let mut client = world.connect(&Person::new()).await;
        let id = world.connection().await;
        let end = json!({"requestContext": {"routeKey": "$disconnect", "connectionId": id}});
        world.gateway.invoke(end).await.unwrap();
        client.say_in_vain(frame).await;
        world.until_no_rows().await;
    }
}
