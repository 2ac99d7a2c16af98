//! The database did what it was asked, and its answer was lost on the way.

use fanout::{Event, Topic};
use protocol::{Message, Room};
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_commit_was_not_answered_is_stored_once_answered_and_published() {
    let Some((app, proxy)) = TestApp::start_behind_proxy().await else { return };
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    for round in 0..3 {
        proxy.lose_answer_to("COMMIT");
        let answer = alice.send_as(room, "hi", &format!("{round}")).await;
        assert!(proxy.was_asked(), "an answer was lost");
        assert_eq!(answer.status, reqwest::StatusCode::CREATED, "it is no repeat: {}", answer.body);
        let sent: Message = answer.json();
        assert_eq!(sent.seq.0, round + 1);
        match events.next().await {
            Event::Message { message, .. } => assert_eq!(message, sent),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(alice.messages(room).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joins_general_by_a_message_whose_commit_was_not_answered_is_announced() {
    let Some((app, proxy)) = TestApp::start_behind_proxy().await else { return };
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let general = alice.general().await.room.id;
    let mut events = app.listen(&[Topic::Room(general)]).await;
    proxy.lose_answer_to("COMMIT");
    let sent: Message = bob.send(general, "hello").await;
    assert!(proxy.was_asked(), "an answer was lost");
    assert!(matches!(events.next().await, Event::MemberAdded { user_id, .. } if user_id == bob.id));
    assert!(matches!(events.next().await, Event::Message { message, .. } if message == sent));
}

/// What is not a message has no id of its own: it is not done again, and whoever asked is told to look.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_change_whose_commit_was_not_answered_is_done_once_and_answered_503() {
    let Some((app, proxy)) = TestApp::start_behind_proxy().await else { return };
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    proxy.lose_answer_to("COMMIT");
    let answer = alice.remove(room, bob.id).await;
    assert!(proxy.was_asked(), "an answer was lost");
    assert!(answer.retry_after.is_some());
    answer.refused(503);
    alice.remove(room, bob.id).await.ok::<Value>();
    assert_eq!(alice.room(room).await.members.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rename_whose_commit_was_not_answered_is_found_by_its_revision() {
    let Some((app, proxy)) = TestApp::start_behind_proxy().await else { return };
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let path = format!("/rooms/{room}");
    proxy.lose_answer_to("COMMIT");
    alice.patch(&path, json!({"name": "Better plans"})).await.refused(503);
    assert!(proxy.was_asked(), "an answer was lost");
    alice.patch(&path, json!({"name": "Better plans"})).await.ok::<Room>();
    let details = chat::rooms::details(&app.chat, &[room]).await.unwrap();
    assert_eq!((details[0].room.name.as_str(), details[0].details_rev), ("Better plans", 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_silent_requests_are_refused_in_time_and_afterwards_all_is_well() {
    let Some((app, proxy)) = TestApp::start_behind_proxy().await else { return };
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    alice.send_as(room, "hi", "before").await;
    proxy.fall_silent();
    // More of each than there are connections.
    let reads = futures::future::join_all((0..12).map(|_| alice.get("/rooms/my-rooms")));
    let ids: Vec<_> = (0..12).map(|n| format!("meanwhile-{n}")).collect();
    let sends = futures::future::join_all(ids.iter().map(|id| alice.send_as(room, "hi", id)));
    let (reads, sends) = tokio::time::timeout(crate::app::PATIENCE, async { tokio::join!(reads, sends) })
        .await
        .expect("everybody is answered in time");
    for answer in reads.into_iter().chain(sends) {
        assert!(answer.retry_after.is_some());
        answer.refused(503);
    }
    proxy.clear();
    for id in &ids {
        alice.send_as(room, "hi", id).await;
    }
    let contents = alice.messages(room).await;
    assert_eq!(contents.len(), 1 + ids.len(), "each once, whether the first try was stored or not");
}
