//! Living and being ready are two things: what is away makes a process not ready, and no restart brings it back.

use super::dependencies_of;
use crate::harness::{Api, App, PATIENCE, Topology, eventually, eventually_within};

/// Statuses of `/health`, `/health/live` and `/health/ready`.
async fn probe(port: u16) -> [u16; 3] {
    let api = Api::one(port);
    [
        api.get("/health").await.status,
        api.get("/health/live").await.status,
        api.get("/health/ready").await.status,
    ]
}

async fn becomes(what: &str, port: u16, expected: [u16; 3]) {
    eventually_within(PATIENCE, what, async || (probe(port).await == expected).then_some(())).await;
}

#[tokio::test]
async fn whoever_lacks_what_it_cannot_do_without_lives_and_is_not_ready() {
    let mut app = Topology::services().with_own_mariadb().start().await;
    let [auth, chat, ws] = ["auth", "chat", "ws"].map(|role| app.server(role).port());
    for port in [auth, chat, ws] {
        assert_eq!(probe(port).await, [200, 200, 200]);
    }

    app.mariadb.as_mut().expect("it is ours").kill().await;
    for port in [auth, chat] {
        becomes("its database is away", port, [503, 200, 503]).await;
    }
    Api::one(auth).get("/health/ready").await.problem(503, "UNAVAILABLE");
    app.mariadb.as_mut().expect("it is ours").start_again().await;
    for port in [auth, chat] {
        becomes("its database is back", port, [200, 200, 200]).await;
    }

    app.server("chat").kill().await;
    becomes("the service that it asks is away", ws, [200, 200, 503]).await;
    app.server("chat").start_again().await;
    becomes("the service that it asks is back", ws, [200, 200, 200]).await;
}

/// Were it otherwise, all nodes would be taken out of service at once, although each can do its work.
#[tokio::test]
async fn nobody_is_unready_for_want_of_nats() {
    let mut app = Topology::services().start().await;
    app.nats.as_mut().expect("there is one").kill().await;
    for port in ["auth", "chat", "ws"].map(|role| app.server(role).port()) {
        eventually("it notices", async || (dependencies_of(port).await.1["nats"] == "away").then_some(()))
            .await;
        assert_eq!(probe(port).await, [200, 200, 200]);
    }
}

#[tokio::test]
async fn a_process_that_waits_for_its_database_lives_and_is_not_ready_yet() {
    let mut app = Topology::services().with_own_mariadb().start().await;
    app.server("auth").kill().await;
    let App { servers, mariadb, .. } = &mut app;
    let (auth, mariadb) = (&mut servers[0], mariadb.as_mut().expect("it is ours"));
    mariadb.kill().await;
    let api = Api::one(auth.port());
    let meanwhile = async {
        let lives = async || (api.get("/health/live").try_send().await.ok()?.status == 200).then_some(());
        eventually_within(PATIENCE, "it lives", lives).await;
        let ready = api.get("/health/ready").await;
        assert!(!ready.header("retry-after").is_empty());
        ready.problem(503, "UNAVAILABLE");
        mariadb.start_again().await;
    };
    tokio::join!(auth.start_again(), meanwhile);
    becomes("it is ready", auth.port(), [200, 200, 200]).await;
}
