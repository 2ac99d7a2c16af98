//! Pages from memory: what they answer is what the database would.

use std::sync::Arc;

use chat::Config;
use protocol::{Code, Message, RoomId};
use tokio::task::JoinSet;

use crate::app::{TestApp, TestUser, unlimited};

const QUERIES: [&str; 7] =
    ["", "?limit=1", "?limit=50", "?limit=51", "?after=60", "?after=3&limit=2", "?before=9"];

/// A process that nobody else's writes come in between.
async fn alone() -> TestApp {
    TestApp::start_with(Arc::default(), &Config { is_alone: true, ..unlimited() }).await
}

async fn newest(user: &TestUser, room: RoomId) -> Vec<i64> {
    let messages = user.get(&format!("/messages/{room}")).await.ok::<Vec<Message>>();
    messages.iter().map(|message| message.seq.0).collect()
}

/// How often pages came from memory so far.
fn from_memory(app: &TestApp) -> u64 {
    let mut registry = kit::metrics::registry("chat");
    app.chat.register_metrics(kit::metrics::ours(&mut registry));
    let text = kit::metrics::text(&registry);
    let name = "cloud_chat_history_reads_total{from=\"memory\"} ";
    text.lines().find_map(|line| line.strip_prefix(name)).map_or(0, |value| value.parse().unwrap())
}

/// The same user where nothing is in memory.
async fn assert_same(user: &TestUser, elsewhere: &TestApp, room: RoomId) {
    let there = elsewhere.user_with_id(&user.username, user.id);
    for query in QUERIES {
        let path = format!("/messages/{room}{query}");
        let (here, there) = (user.get(&path).await, there.get(&path).await);
        assert_eq!(
            (here.status, here.has_more, here.body),
            (there.status, there.has_more, there.body),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_page_that_was_read_comes_from_memory_and_follows_every_message() {
    for app in [alone().await, TestApp::start().await] {
        let alice = app.user("alice");
        let room = alice.create_room("Plans").await;
        assert_eq!(newest(&alice, room).await, [0_i64; 0]);
        assert_eq!(from_memory(&app), 0);
        for seq in 1..=70 {
            alice.send(room, &format!("message {seq}")).await;
            let page = newest(&alice, room).await;
            assert_eq!((page.len(), page.last()), (usize::try_from(seq).unwrap().min(50), Some(&seq)));
        }
        assert_eq!(from_memory(&app), 70);
        assert_same(&alice, &app.beside().await, room).await;
    }
}

#[tokio::test]
async fn what_is_in_memory_is_for_members_only() {
    let app = alone().await;
    let (alice, bob, eve) = (app.user("alice"), app.user("bob"), app.user("eve"));
    let room = alice.create_room("Plans").await;
    let path = format!("/messages/{room}");
    alice.add(room, &bob).await;
    alice.send(room, "hello").await;
    for user in [&alice, &bob] {
        assert_eq!(newest(user, room).await, [1]);
        assert_eq!(newest(user, room).await, [1]);
    }
    assert!(from_memory(&app) >= 2);
    assert_eq!(eve.get(&path).await.refused(404), Code::NotFound);
    alice.remove(room, bob.id).await;
    assert_eq!(bob.get(&path).await.refused(404), Code::NotFound);
    assert_eq!(newest(&alice, room).await, [1]);
    alice.add(room, &bob).await;
    assert_eq!(newest(&bob, room).await, [1]);
    alice.delete(&format!("/rooms/{room}")).await;
    for user in [&alice, &bob, &eve] {
        assert_eq!(user.get(&path).await.refused(404), Code::NotFound);
    }
}

#[tokio::test]
async fn what_other_nodes_do_is_seen_at_once() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let alice_there = other.user_with_id("alice", alice.id);
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    for seq in [1, 3, 5] {
        alice.send(room, "here").await;
        assert_eq!(newest(&bob, room).await.last(), Some(&seq));
        alice_there.send(room, "there").await;
        assert_eq!(newest(&bob, room).await.last(), Some(&(seq + 1)));
    }
    assert_same(&bob, &other, room).await;
    alice_there.remove(room, bob.id).await;
    assert_eq!(bob.get(&format!("/messages/{room}")).await.refused(404), Code::NotFound);
    alice_there.delete(&format!("/rooms/{room}")).await;
    assert_eq!(alice.get(&format!("/messages/{room}")).await.refused(404), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_and_database_agree_while_many_send_join_and_leave() {
    let app = alone().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    let mut tasks = JoinSet::new();
    for task in 0..4 {
        let alice = alice.clone();
        tasks.spawn(async move {
            for send in 0..40 {
                let sent = alice.send(room, &format!("{task}/{send}")).await;
                let page = newest(&alice, room).await;
                assert!(
                    page.last() >= Some(&sent.seq.0),
                    "{} is answered and not read: {page:?}",
                    sent.seq.0
                );
                assert!(page.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{page:?}");
            }
        });
    }
    tasks.spawn({
        let (alice, bob) = (alice.clone(), bob.clone());
        async move {
            for _ in 0..20 {
                alice.add(room, &bob).await;
                assert!(bob.get(&format!("/messages/{room}")).await.status.is_success());
                alice.remove(room, bob.id).await;
                assert_eq!(bob.get(&format!("/messages/{room}")).await.refused(404), Code::NotFound);
            }
        }
    });
    tasks.join_all().await;
    assert!(from_memory(&app) > 0);
    assert_same(&alice, &app.beside().await, room).await;
}
