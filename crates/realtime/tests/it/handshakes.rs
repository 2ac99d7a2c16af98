//! Who is let in, and what the others are told.

use protocol::{RoomId, ServerEvent, SessionId};
use serde_json::json;

use crate::{server::Server, world::user};

const ONE: RoomId = RoomId(1);

fn policy(reason: &str) -> (u16, String) {
    (1008, reason.into())
}

#[tokio::test]
async fn connected_says_who_and_where_each_room_stands() {
    let server = Server::start().await;
    let ann = user("ann");
    server.world.create(ONE, &[&ann]);
    server.world.create(RoomId(2), &[&ann]);
    server.world.create(RoomId(3), &[]);
    server.world.commit(RoomId(2), &ann, "hi");
    let token = server.token(&ann, SessionId::random(), 60);
    let mut all = server.open(&format!("token={token}"), None).await;
    let mut connected = all.json().await;
    assert!(connected["connectionId"].take().as_str().is_some_and(|id| id.len() == 36));
    let rooms = json!([{"roomId": 1, "lastSeq": 0}, {"roomId": 2, "lastSeq": 1}]);
    let expected = json!({"type": "system", "event": "connected", "connectionId": null, "userId": ann.user_id, "rooms": rooms});
    assert_eq!(connected, expected);
    let mut one = server.open(&format!("roomId=2&token={token}"), None).await;
    assert_eq!(one.json().await["rooms"], json!([{"roomId": 2, "lastSeq": 1}]));
}

#[tokio::test]
async fn a_token_may_travel_as_a_subprotocol_that_is_echoed() {
    let server = Server::start().await;
    let ann = user("ann");
    server.world.create(ONE, &[&ann]);
    let token = server.token(&ann, SessionId::random(), 60);
    let mut client = server.open("roomId=1", Some(&format!("bearer, {token}"))).await;
    assert_eq!(client.protocol.as_deref(), Some("bearer"));
    assert!(matches!(client.next().await, ServerEvent::System { .. }));

    let mut refused = server.open("", Some("bearer, nonsense")).await;
    assert_eq!(refused.protocol.as_deref(), Some("bearer"));
    assert_eq!(refused.closed().await, policy("unauthorized"));
    let mut empty = server.open("", Some("bearer")).await;
    assert_eq!(empty.closed().await, policy("unauthorized"));
}

#[tokio::test]
async fn a_token_that_is_missing_bad_or_expired_is_refused() {
    let server = Server::start().await;
    let ann = user("ann");
    let good = server.token(&ann, SessionId::random(), 60);
    assert!(matches!(
        server.open(&format!("token={good}"), None).await.next().await,
        ServerEvent::System { .. }
    ));
    let expired = server.token(&ann, SessionId::random(), -1);
    let cut = &good[..good.len() - 2];
    let long = "x".repeat(20_000);
    for query in ["", "token=", "token=%00%ff", "tok=1"] {
        assert_eq!(server.open(query, None).await.closed().await, policy("unauthorized"), "{query}");
    }
    for token in [&expired, cut, &long] {
        assert_eq!(server.open(&format!("token={token}"), None).await.closed().await, policy("unauthorized"));
    }
    server.connections(0).await;
}

#[tokio::test]
async fn a_session_that_ended_is_refused_as_revoked() {
    let server = Server::start().await;
    let (ann, sid) = (user("ann"), SessionId::random());
    let token = server.token(&ann, sid, 60);
    server.tokens.revocations().add_now(&[sid]);
    assert_eq!(server.open(&format!("token={token}"), None).await.closed().await, policy("revoked"));
}

#[tokio::test]
async fn a_room_that_one_may_not_read_is_refused_as_one_that_does_not_exist() {
    let server = Server::start().await;
    let (ann, eve) = (user("ann"), user("eve"));
    server.world.create(ONE, &[&ann]);
    let token = server.token(&eve, SessionId::random(), 60);
    for room in ["1", "2", "0", "-1", "01x", "", "1.0", "%31%00", "9007199254740992", "general", "1&roomId=1"]
    {
        let mut client = server.open(&format!("token={token}&roomId={room}"), None).await;
        assert_eq!(client.closed().await, policy("not-found"), "{room}");
    }
}

#[tokio::test]
async fn while_chat_is_away_clients_are_told_to_come_back() {
    let server = Server::start().await;
    let ann = user("ann");
    server.world.create(ONE, &[&ann]);
    let token = server.token(&ann, SessionId::random(), 60);
    server.world.set_away(true);
    for query in [format!("token={token}"), format!("token={token}&roomId=1")] {
        assert_eq!(server.open(&query, None).await.closed().await, (1013, "resume".into()));
    }
    server.connections(0).await;
    server.world.set_away(false);
    server.connect(&ann).await;
}

#[tokio::test]
async fn what_is_no_upgrade_request_gets_a_problem() {
    let server = Server::start().await;
    let upgrade = "Host: x\r\nConnection: upgrade\r\nUpgrade: websocket";
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let heads = [
        "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: close".to_owned(),
        format!("GET /ws HTTP/1.1\r\n{upgrade}\r\nSec-WebSocket-Version: 8\r\n{key}\r\nConnection: close"),
        format!("GET /ws HTTP/1.1\r\n{upgrade}\r\nSec-WebSocket-Version: 13\r\nConnection: close"),
        format!("GET /ws HTTP/1.0\r\n{upgrade}\r\nSec-WebSocket-Version: 13\r\n{key}"),
    ];
    for head in heads {
        let answer = server.request(&head).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") || answer.starts_with("HTTP/1.0 400 "), "{answer}");
        assert!(answer.contains("content-type: application/problem+json"), "{answer}");
        assert!(answer.contains("sec-websocket-version: 13"), "{answer}");
    }
}
