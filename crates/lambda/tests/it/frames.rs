//! What clients say, and what they hear back.

use serde_json::{Value, json};

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
        ("nonsense", "BAD_JSON"),
        ("[]", "BAD_REQUEST"),
        (r#"{"action":"dance"}"#, "UNKNOWN_ACTION"),
        (r#"{"action":"sendMessage","roomId":1}"#, "BAD_REQUEST"),
    ] {
        let error = client.say_text(frame).await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!(code)), "{frame}");
    }
    // API Gateway takes no binary frames. If it ever does, they are no reason to fail.
    let binary = json!({
        "requestContext": {"routeKey": "$default", "connectionId": world.connection().await},
        "body": "AA==",
        "isBase64Encoded": true,
    });
    let answer = world.gateway.invoke(binary).await.unwrap();
    let error: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(error["code"], "BAD_JSON");
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
