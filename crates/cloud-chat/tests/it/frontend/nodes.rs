//! Nodes of a service that come and go under its name, as containers do.

use std::net::{Ipv4Addr, SocketAddr};

use reqwest::Method;
use testbed::free_port;

use super::{
    names::Names,
    upstream::{Manner, Upstream},
};
use crate::harness::{Frontend, eventually};

const FIRST: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const SECOND: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
const THIRD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 4);

async fn node(address: Ipv4Addr, port: u16, manner: Manner) -> Upstream {
    Upstream::start_at(SocketAddr::new(address.into(), port), manner).await
}

async fn frontend(names: &Names, port: u16) -> Frontend {
    let settings =
        [("RESOLVER", names.address().to_string()), ("CHAT_NODES", format!("chat-service:{port}"))];
    Frontend::start(&settings).await
}

/// Asks until this node was asked.
async fn until_asked(frontend: &Frontend, node: &Upstream) {
    eventually("the node is asked", async || {
        frontend.api.get("/rooms/general").await.is(200);
        (!node.requests().await.is_empty()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn nodes_that_come_are_found_and_those_that_go_are_left_out() {
    let (names, port) = (Names::start().await, free_port());
    let (first, second) =
        (node(FIRST, port, Manner::Answers).await, node(SECOND, port, Manner::Answers).await);
    names.set(&[FIRST]);
    let frontend = frontend(&names, port).await;
    until_asked(&frontend, &first).await;
    assert_eq!(second.requests().await, Vec::<String>::new());

    names.set(&[FIRST, SECOND]);
    until_asked(&frontend, &second).await;
    first.requests().await;
    until_asked(&frontend, &first).await;

    // Gone, and its name not yet: whoever is sent there is answered by the other, whatever is asked.
    drop(first);
    second.requests().await;
    for _ in 0..20 {
        frontend.api.get("/rooms/general").await.is(200);
        frontend.api.call(&Method::POST, "/rooms/create").raw_json("{}").await.is(200);
    }
    assert_eq!(second.requests().await.len(), 40);
    // The first was tried.
    frontend.log_with(&[&format!("{FIRST}:{port}, {SECOND}:{port}")]).await;

    // All new.
    let third = node(THIRD, port, Manner::Answers).await;
    names.set(&[THIRD]);
    until_asked(&frontend, &third).await;
    drop(third);
    frontend.api.get("/rooms/general").await.problem(503, "UNAVAILABLE");
    names.set(&[]);
    frontend.api.get("/rooms/general").await.problem(503, "UNAVAILABLE");
    names.set(&[SECOND]);
    eventually("it is back", async || (frontend.api.get("/rooms/general").await.status == 200).then_some(()))
        .await;
}

#[tokio::test]
async fn only_what_may_be_repeated_is_asked_again_when_a_node_dies_under_it() {
    let (names, port) = (Names::start().await, free_port());
    let (broken, sound) =
        (node(FIRST, port, Manner::HangsUp).await, node(SECOND, port, Manner::Answers).await);
    names.set(&[FIRST, SECOND]);
    let frontend = frontend(&names, port).await;

    let mut lost = 0;
    for _ in 0..40 {
        frontend.api.get("/rooms/general").await.is(200);
        let post = frontend.api.call(&Method::POST, "/rooms/create").raw_json("{}").await;
        if post.status != 200 {
            post.problem(503, "UNAVAILABLE");
            lost += 1;
        }
    }
    let posts = |requests: Vec<String>| requests.iter().filter(|request| request.starts_with("post")).count();
    let (broken, sound) = (posts(broken.requests().await), posts(sound.requests().await));
    assert!(broken > 0 && sound > 0, "both were asked: {broken}, {sound}");
    assert_eq!((broken, sound), (lost, 40 - lost), "no post was made twice");
}

#[tokio::test]
async fn a_list_of_nodes_takes_turns() {
    let (first, second) = (Upstream::start(Manner::Answers).await, Upstream::start(Manner::Answers).await);
    let nodes = format!("{},{}", first.address(), second.address());
    let frontend = Frontend::start(&[("AUTH_NODES", nodes)]).await;
    for _ in 0..4 {
        frontend.api.get("/users/me").await.is(200);
    }
    assert_eq!((first.requests().await.len(), second.requests().await.len()), (2, 2));
}
