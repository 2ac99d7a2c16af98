//! Several processes on one database, each with a writer of its own.

use std::collections::BTreeSet;

use protocol::{RoomId, seams::Draft};
use tokio::task::JoinSet;

use crate::app::{TestApp, TestUser};

fn draft(user: &TestUser, room: RoomId, id: &str) -> Draft {
    Draft { sender: user.sender(), room_id: room, content: id.into(), client_message_id: id.parse().unwrap() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_writers_make_one_gapless_order() {
    const TASKS: usize = 8;
    const SENDS: usize = 25;
    let app = TestApp::start().await;
    let nodes = [app.beside().await, app.beside().await, app];
    let alice = nodes[0].user("alice");
    let rooms = [
        alice.general().await.room.id,
        alice.create_room("one").await,
        alice.create_room("two").await,
        alice.create_room("three").await,
    ];
    let mut tasks = JoinSet::new();
    for (number, node) in nodes.iter().enumerate() {
        for task in 0..TASKS {
            let (chat, alice) = (node.chat.clone(), alice.clone());
            tasks.spawn(async move {
                let mut acknowledged = BTreeSet::new();
                for send in 0..SENDS {
                    // Several rooms at once, in an order that differs from task to task.
                    let batch = (0..rooms.len()).map(|n| {
                        let room = rooms[(n + task + number) % rooms.len()];
                        draft(&alice, room, &format!("{number}.{task}.{send}.{n}"))
                    });
                    for sent in chat::messages::send(&chat, batch.collect()).await {
                        let message = sent.unwrap().message;
                        acknowledged.insert((message.room_id, message.seq.0, message.content));
                    }
                }
                acknowledged
            });
        }
    }
    let acknowledged: BTreeSet<_> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(acknowledged.len(), 3 * TASKS * SENDS * rooms.len());
    let mut stored = BTreeSet::new();
    for room in rooms {
        let (mut last, mut last_id, mut has_more) = (0, 0, true);
        while has_more {
            let page = chat::messages::after(&nodes[1].chat, room, protocol::Seq(last), 200).await.unwrap();
            for message in page.messages {
                assert_eq!(message.seq.0, last + 1, "a gap in room {room}");
                assert!(message.id.0 > last_id, "ids rise with the order");
                (last, last_id) = (message.seq.0, message.id.0);
                stored.insert((room, last, message.content));
            }
            has_more = page.has_more;
        }
    }
    assert_eq!(stored, acknowledged);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_message_at_all_nodes_at_once_is_one_message() {
    let app = TestApp::start().await;
    let nodes = [app.beside().await, app];
    let alice = nodes[0].user("alice");
    let rooms = [alice.create_room("one").await, alice.create_room("two").await];
    for round in 0..10 {
        let id = format!("same-{round}");
        // The same id in two rooms: at one of them it is a conflict, and nobody knows at which.
        let sends = (0..8).map(|n| {
            let (chat, draft) = (&nodes[n % 2].chat, draft(&alice, rooms[n / 2 % 2], &id));
            async move { chat::messages::send(chat, vec![draft]).await.pop().unwrap() }
        });
        let answers = futures::future::join_all(sends).await;
        let stored: BTreeSet<_> = answers.iter().flatten().map(|sent| sent.message.id.0).collect();
        assert_eq!(stored.len(), 1);
        assert_eq!(answers.iter().flatten().filter(|sent| !sent.duplicate).count(), 1);
        let refused = answers.iter().filter_map(|answer| answer.as_ref().err());
        assert!(refused.clone().all(|error| error.code() == protocol::Code::Conflict));
        assert_eq!(refused.count(), 4);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn joins_and_leaves_at_all_nodes_at_once_end_alike() {
    let app = TestApp::start().await;
    let other = app.beside().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let elsewhere = other.user_with_id("alice", alice.id);
    for round in 0..10 {
        let room = alice.create_room(&format!("round {round}")).await;
        tokio::join!(alice.add(room, &bob), elsewhere.add(room, &bob));
        assert_eq!(alice.room(room).await.members.len(), 2);
        let (first, second) = tokio::join!(alice.remove(room, bob.id), elsewhere.remove(room, bob.id));
        for answer in [first, second] {
            answer.ok::<serde_json::Value>();
        }
        assert_eq!(alice.room(room).await.members.len(), 1);
        let (first, second) = tokio::join!(alice.remove(room, alice.id), elsewhere.remove(room, alice.id));
        let statuses = BTreeSet::from([first.status.as_u16(), second.status.as_u16()]);
        assert!(statuses.is_subset(&BTreeSet::from([200, 404])), "{statuses:?}");
        assert_eq!(alice.get(&format!("/rooms/{room}")).await.refused(404), protocol::Code::NotFound);
    }
}
