//! How connections end, and that whoever ends badly ends alone.

use std::{sync::atomic::Ordering, time::Duration};

use futures::FutureExt;
use protocol::{RoomId, ServerEvent, SessionId};
use realtime::Config;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, timeout},
};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::{
    server::{PATIENCE, Server, until},
    world::{Publish, user},
};

const ONE: RoomId = RoomId(1);

fn raw(payload: &[u8], opcode: Data, is_final: bool) -> Frame {
    Frame::message(payload.to_vec(), OpCode::Data(opcode), is_final)
}

#[tokio::test]
async fn a_frame_past_the_limit_closes_with_1009() {
    let server = Server::start().await;
    let ann = user("ann");
    let mut other = server.connect(&ann).await;
    for size in [64 * 1024 + 1, 1_000_000] {
        let mut client = server.connect(&ann).await;
        client.try_send(Message::text("x".repeat(size))).await.ok();
        assert_eq!(client.closed().await, (1009, "too-large".into()), "{size}");
    }
    let mut client = server.connect(&ann).await;
    client.frame(raw(&vec![b'x'; 40_000], Data::Text, false)).await;
    client.frame(raw(&vec![b'x'; 40_000], Data::Continue, true)).await;
    assert_eq!(client.closed().await, (1009, "too-large".into()));
    other.is_alive().await;
    drop(other);
    server.connections(0).await;
    assert!(server.tasks.stop(PATIENCE).await);
    assert!(server.tasks.failed().now_or_never().is_none(), "a task panicked");
}

#[tokio::test]
async fn text_that_is_no_utf_8_closes_with_1007() {
    let server = Server::start().await;
    let ann = user("ann");
    let mut other = server.connect(&ann).await;
    // Half of a euro sign; a surrogate; a byte that is never there.
    for payload in [&b"\xe2\x82"[..], b"\"\xed\xa0\x80\"", b"\xff"] {
        let mut client = server.connect(&ann).await;
        client.frame(raw(payload, Data::Text, true)).await;
        assert_eq!(client.closed().await, (1007, "utf-8".into()), "{payload:?}");
    }
    // A sequence may be cut by frames, as long as its other half follows.
    let mut client = server.connect(&ann).await;
    client.frame(raw(b"{\"action\":\"ping\",\"x\":\"\xe2\x82", Data::Text, false)).await;
    client.frame(raw(b"\xac\"}", Data::Continue, true)).await;
    assert_eq!(client.next().await, ServerEvent::Pong);
    client.frame(raw(b"\"\xe2\x82", Data::Text, false)).await;
    client.frame(raw(b"\"", Data::Continue, true)).await;
    assert_eq!(client.closed().await, (1007, "utf-8".into()));
    other.is_alive().await;
}

#[tokio::test]
async fn what_breaks_the_protocol_closes_with_1002() {
    let server = Server::start().await;
    let ann = user("ann");
    let mut stream = server.connect_bare(&ann).await;
    // An unmasked ping.
    stream.write_all(&[0x89, 0x00]).await.unwrap();
    let mut received = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut received)).await.unwrap().unwrap();
    assert!(received.ends_with(b"\x88\x0a\x03\xeaprotocol"), "{received:?}");
    server.connections(0).await;
}

#[tokio::test]
async fn persistent_abuse_closes_with_1008() {
    let server = Server::start().await;
    let ann = user("ann");
    let mut client = server.connect(&ann).await;
    for _ in 0..1000 {
        if client.try_send(Message::text("{")).await.is_err() {
            break;
        }
    }
    assert_eq!(client.closed().await, (1008, "abuse".into()));
}

#[tokio::test]
async fn the_sockets_of_a_revoked_session_close_and_no_others() {
    let server = Server::start().await;
    let ann = user("ann");
    let sid = SessionId::random();
    let token = server.token(&ann, sid, 60);
    let mut ended = server.open(&format!("token={token}"), None).await;
    assert!(matches!(ended.next().await, ServerEvent::System { .. }));
    let mut other = server.connect(&ann).await;
    server.tokens.revocations().add_now(&[sid]);
    server.realtime.revoke(&[sid]);
    assert_eq!(ended.closed().await, (1008, "revoked".into()));
    other.is_alive().await;
    server.connections(1).await;
}

#[tokio::test]
async fn a_client_that_closes_is_answered_and_forgotten() {
    let server = Server::start().await;
    let ann = user("ann");
    server.world.create(ONE, &[&ann]);
    let client = server.connect(&ann).await;
    server.connections(1).await;
    client.close().await;
    server.connections(0).await;
    // One that just goes away, too.
    let client = server.connect(&ann).await;
    server.connections(1).await;
    drop(client);
    server.connections(0).await;
}

#[tokio::test]
async fn a_peer_that_is_silent_is_pinged_and_then_closed() {
    let config = Config {
        ping_every: Duration::from_millis(250),
        silence_max: Duration::from_millis(1500),
        ..Config::default()
    };
    let server = Server::start_with(config).await;
    let ann = user("ann");
    let mut silent = server.connect_bare(&ann).await;
    let mut answering = server.connect(&ann).await;
    let mut received = Vec::new();
    let ending = timeout(PATIENCE, silent.read_to_end(&mut received));
    // Answering pings is enough to stay.
    let staying = async {
        for _ in 0..8 {
            assert!(matches!(answering.receive().await, Message::Ping(_)));
        }
        answering.is_alive().await;
    };
    let (ended, ()) = tokio::join!(ending, staying);
    ended.unwrap().unwrap();
    assert!(received.windows(2).any(|bytes| bytes == b"\x89\x00"), "{received:?}");
    assert!(received.ends_with(b"\x88\x08\x03\xe9silent"), "{received:?}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_closed_with_1013_while_others_get_on() {
    let server = Server::start().await;
    let (ann, bob) = (user("ann"), user("bob"));
    server.world.create(ONE, &[&ann, &bob]);
    let mut reading = server.connect(&ann).await;
    let mut stuck = server.connect(&bob).await;
    // Past what the kernel buffers for a connection, and then past the backlog.
    let content = "€".repeat(4000);
    let mut count = 0;
    while server.realtime.stats().connections == 2 {
        count += 1;
        assert!(count < 10_000, "never closed");
        server.world.say(ONE, &ann, &content, Publish::Yes).await;
        match reading.next().await {
            ServerEvent::Message { message, .. } => assert_eq!(message.seq.0, count),
            event => panic!("{event:?}"),
        }
    }
    assert_eq!(stuck.closed().await, (1013, "resume".into()));
    reading.is_alive().await;
}

#[tokio::test]
async fn what_the_kernel_does_not_take_at_once_arrives_whole_and_in_order() {
    let server = Server::start().await;
    let (ann, bob) = (user("ann"), user("bob"));
    server.world.create(ONE, &[&ann, &bob]);
    let mut late = [server.connect_narrow(&bob).await, server.connect_narrow(&bob).await];
    let mut reading = server.connect(&ann).await;
    let content = "€".repeat(4000);
    let mut count = 0;
    // Both are stuck before their backlog is full.
    while server.figure("cloud_chat_socket_stalls_total") < 2.0 {
        count += 1;
        assert!(count < 1000, "never stuck");
        server.world.say(ONE, &ann, &content, Publish::Yes).await;
        assert!(matches!(reading.next().await, ServerEvent::Message { .. }));
    }
    for client in &mut late {
        client.text(r#"{"action":"ping"}"#).await;
    }
    for _ in 0..10 {
        count += 1;
        server.world.say(ONE, &ann, &content, Publish::Yes).await;
        assert!(matches!(reading.next().await, ServerEvent::Message { .. }));
    }
    for client in &mut late {
        let mut seqs = Vec::new();
        let mut pongs = 0;
        while seqs.len() < usize::try_from(count).unwrap() || pongs == 0 {
            match client.next().await {
                ServerEvent::Message { message, .. } => {
                    assert_eq!(message.content, content);
                    seqs.push(message.seq.0);
                }
                ServerEvent::Pong => pongs += 1,
                event => panic!("{event:?}"),
            }
        }
        assert!(seqs.into_iter().eq(1..=count) && pongs == 1);
        client.is_alive().await;
    }
}

#[tokio::test]
async fn a_restart_answers_what_is_being_sent_and_closes_with_1012() {
    let server = Server::start().await;
    let ann = user("ann");
    server.world.create(ONE, &[&ann]);
    let mut client = server.connect(&ann).await;
    let mut idle = server.connect(&ann).await;
    let gate = server.world.hold_sends();
    client.text(r#"{"action":"sendMessage","roomId":1,"content":"last","clientMessageId":"last"}"#).await;
    until(|| server.world.batches.load(Ordering::Relaxed) == 1).await;
    let begun = Instant::now();
    let closing = async {
        server.realtime.close_all().await;
        begun.elapsed()
    };
    let acting = async {
        assert_eq!(idle.closed().await, (1012, "restart".into()));
        gate.send_replace(true);
        match client.next().await {
            ServerEvent::Ack { client_message_id, .. } => assert_eq!(client_message_id.as_str(), "last"),
            event => panic!("{event:?}"),
        }
        assert_eq!(client.closed().await, (1012, "restart".into()));
    };
    let (took, ()) = tokio::join!(closing, acting);
    assert!(took < Duration::from_secs(3), "{took:?}");
    let token = server.token(&ann, SessionId::random(), 60);
    let mut late = server.open(&format!("token={token}"), None).await;
    assert_eq!(late.closed().await, (1012, "restart".into()));
}

#[tokio::test]
async fn a_restart_does_not_wait_for_who_does_not_answer() {
    let server = Server::start().await;
    let ann = user("ann");
    server.world.create(ONE, &[&ann]);
    let _deaf = server.connect_bare(&ann).await;
    let mut client = server.connect(&ann).await;
    let _gate = server.world.hold_sends();
    client.text(r#"{"action":"sendMessage","roomId":1,"content":"stuck"}"#).await;
    until(|| server.world.batches.load(Ordering::Relaxed) == 1).await;
    let begun = Instant::now();
    server.realtime.close_all().await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(server.tasks.stop(Duration::from_secs(2)).await, "some tasks are still busy");
}
