//! Many at once.

use std::collections::{BTreeMap, BTreeSet};

use fanout::{Event, Topic};
use protocol::{RoomId, seams::Draft};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_sends_is_gapless_complete_and_published_in_order() {
    const TASKS: usize = 50;
    const SENDS: usize = 40;
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let mut rooms = vec![alice.general().await.room.id];
    for n in 0..4 {
        rooms.push(alice.create_room(&format!("room {n}")).await);
    }
    let topics: Vec<_> = rooms.iter().map(|room| Topic::Room(*room)).collect();
    let mut events = app.listen(&topics).await;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (chat, sender, rooms) = (app.chat.clone(), alice.sender(), rooms.clone());
        tasks.spawn(async move {
            let mut acknowledged = Vec::new();
            for send in 0..SENDS {
                let draft = Draft {
                    sender: sender.clone(),
                    room_id: rooms[(task + send) % rooms.len()],
                    content: format!("{task}/{send}"),
                    client_message_id: format!("{task}.{send}").parse().unwrap(),
                };
                let sent = chat::messages::send(&chat, vec![draft]).await.pop().unwrap().unwrap();
                acknowledged.push(sent.message);
            }
            acknowledged
        });
    }
    let acknowledged: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(acknowledged.len(), TASKS * SENDS);

    let mut stored = BTreeSet::new();
    for room in &rooms {
        let (mut last, mut has_more) = (0, true);
        while has_more {
            let page = chat::messages::after(&app.chat, *room, protocol::Seq(last), 200).await.unwrap();
            for message in page.messages {
                assert_eq!(message.seq.0, last + 1, "a gap in room {room}");
                last = message.seq.0;
                stored.insert((message.room_id, message.seq, message.content));
            }
            has_more = page.has_more;
        }
    }
    assert_eq!(stored.len(), TASKS * SENDS);
    for message in acknowledged {
        assert!(stored.contains(&(message.room_id, message.seq, message.content)));
    }
    let mut last: BTreeMap<RoomId, i64> = BTreeMap::new();
    for _ in 0..TASKS * SENDS {
        let Event::Message { message, .. } = events.next().await else { panic!("another event") };
        let last = last.entry(message.room_id).or_default();
        assert_eq!(message.seq.0, *last + 1, "out of order");
        *last += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_stored_for_a_member_after_their_removal_was_answered() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    for round in 0..5 {
        alice.add(room, &bob).await;
        let mut senders = JoinSet::new();
        for task in 0..8 {
            let bob = bob.clone();
            senders.spawn(async move {
                for send in 0.. {
                    let answer = bob.send_as(room, "hi", &format!("{round}.{task}.{send}")).await;
                    if answer.status == reqwest::StatusCode::NOT_FOUND {
                        return;
                    }
                }
            });
        }
        bob.send(room, "first").await;
        let removed: Value = alice.remove(room, bob.id).await.ok();
        senders.join_all().await;
        let newest = alice.get(&format!("/messages/{room}?limit=1")).await.ok::<Vec<protocol::Message>>();
        assert_eq!(newest[0].seq.0, removed["lastSeq"].as_i64().unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_sent_from_everywhere_at_once_is_one_message() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let alice = alice.clone();
        tasks.spawn(async move { alice.send_as(room, "hi", "same").await });
    }
    let answers = tasks.join_all().await;
    let created = answers.iter().filter(|answer| answer.status == reqwest::StatusCode::CREATED).count();
    assert_eq!(created, 1);
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(alice.messages(room).await.len(), 1);
}
