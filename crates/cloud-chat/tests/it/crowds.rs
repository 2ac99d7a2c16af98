//! Connections without end, of one address or one person: whoever is there goes on, and who comes afterwards is let in.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

use crate::harness::{App, Closed, PATIENCE, Server, Socket, Topology, eventually, within};

/// Half a request to upgrade.
const HALF: &str = "GET /ws?token=x HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n";

/// `HALF_OPEN_HANDSHAKES=10000` tries as many, where both processes may have the files.
fn half_open_handshakes() -> usize {
    let count = std::env::var("HALF_OPEN_HANDSHAKES").map(|count| count.parse().expect("a number"));
    count.unwrap_or(1000)
}

async fn connect(app: &App) -> TcpStream {
    TcpStream::connect(("127.0.0.1", app.port())).await.expect("the system takes it")
}

/// Resident, in bytes.
fn memory(server: &Server) -> usize {
    let status = std::fs::read_to_string(server.proc("status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("VmRSS");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}

fn open_files(server: &Server) -> u64 {
    let files = std::fs::read_dir(server.proc("fd")).expect("it runs").count();
    files.try_into().expect("not that many")
}

#[tokio::test]
async fn handshakes_that_never_end_keep_nobody_out() {
    rlimit::increase_nofile_limit(rlimit::INFINITY).expect("one's own soft limit may be raised");
    let mut app = Topology::one_process().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let room = alice.create_room_with("plans", &[&bob]).await;
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    let before = memory(&app.servers[0]);

    let mut half_open = JoinSet::new();
    let count = half_open_handshakes();
    for _ in 0..count {
        let mut stream = connect(&app).await;
        half_open.spawn(async move {
            stream.write_all(HALF.as_bytes()).await.expect("it takes half a request");
            stream
        });
    }
    let streams = within(PATIENCE, "all are taken", half_open.join_all()).await;
    eventually("the server has all of them", async || {
        (open_files(&app.servers[0]) >= count.try_into().expect("not that many")).then_some(())
    })
    .await;

    hers.send_acked(room, "one", "among a crowd").await;
    assert_eq!(his.expect_message(room).await["content"], "among a crowd");
    let carol = app.user("carol").await;
    carol.connect().await.assert_alive().await;
    let taken = memory(&app.servers[0]).saturating_sub(before) / count;
    assert!(taken < 64 * 1024, "{taken} bytes for each");
    drop(streams);
    app.assert_healthy().await;
}

#[tokio::test]
async fn with_all_connections_taken_those_who_are_there_go_on_and_others_come_in_afterwards() {
    let mut app = Topology::one_process().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let room = alice.create_room_with("plans", &[&bob]).await;
    let (mut hers, mut his) = (alice.connect().await, bob.connect().await);
    hers.send_acked(room, "before", "before").await;
    his.expect_message(room).await;

    let server = &app.servers[0];
    let limit = open_files(server) + 50;
    server.limit_open_files(limit);
    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(connect(&app).await);
    }
    eventually("it has no more to give", async || (open_files(&app.servers[0]) >= limit).then_some(())).await;
    // The premise: whoever comes now is not answered.
    let mut late = connect(&app).await;
    late.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("the system takes it");
    let answer = timeout(Duration::from_millis(500), late.read_u8()).await;
    assert!(answer.is_err(), "answered with {answer:?}");

    hers.send_acked(room, "amid", "amid").await;
    assert_eq!(his.expect_message(room).await["content"], "amid");

    drop(crowd);
    within(PATIENCE, "who waited is answered", late.read_u8()).await.expect("an answer");
    alice.log_in().await.connect().await.assert_alive().await;
    app.assert_healthy().await;
}

#[tokio::test]
async fn one_person_has_a_hundred_sockets_and_no_more() {
    let mut app = Topology::one_process().start().await;
    let (alice, bob) = (app.user("alice").await, app.user("bob").await);
    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(alice.connect().await);
    }
    let query = format!("?token={}", alice.token);
    let next =
        async || Socket::dial(&app.api, &query).await.expect("upgraded, to be told why").greeting().await;
    assert_eq!(next().await.err(), Some(Closed { code: 1013, reason: "too-many".into() }));
    bob.connect().await.assert_alive().await;

    drop(open.pop());
    eventually("there is room for another", async || next().await.ok()).await.assert_alive().await;
    for socket in &mut open {
        socket.assert_alive().await;
    }
    app.assert_healthy().await;
}
