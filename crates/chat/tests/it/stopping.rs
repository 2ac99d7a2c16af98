//! What happens to sends when the process stops or their caller goes away.

use protocol::{Code, seams::Draft};

use crate::app::{PATIENCE, TestApp, TestUser};

fn draft(user: &TestUser, room: protocol::RoomId, n: i64) -> Draft {
    Draft {
        sender: user.sender(),
        room_id: room,
        content: format!("{n}"),
        client_message_id: protocol::ClientMessageId::random(),
    }
}

#[tokio::test]
async fn what_was_queued_is_finished_and_later_sends_are_unavailable() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let sends = chat::messages::send(&app.chat, (0..600).map(|n| draft(&alice, room, n)).collect());
    let stop = async {
        // After the first poll of `sends`, which queues them all.
        assert!(app.tasks.stop(PATIENCE).await);
    };
    let (answers, ()) = tokio::join!(biased; sends, stop);
    assert!(answers.iter().all(Result::is_ok));
    let late = chat::messages::send(&app.chat, vec![draft(&alice, room, 0)]).await;
    assert_eq!(late[0].as_ref().unwrap_err().code(), Code::Unavailable);
    let refused = alice.send_as(room, "late", "late").await;
    assert_eq!(refused.refused(503), Code::Unavailable);
    assert_eq!(refused.retry_after, Some(1));

    let app = app.restart().await;
    let alice = app.user_with_id("alice", alice.id);
    assert_eq!(alice.position(room).await[0], 600);
}

#[tokio::test]
async fn a_send_whose_caller_went_away_is_stored_all_the_same() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let mut events = app.listen(&[fanout::Topic::Room(room)]).await;
    {
        let send = chat::messages::send(&app.chat, vec![draft(&alice, room, 1)]);
        let mut send = std::pin::pin!(send);
        // Polled once, then dropped.
        assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(send.as_mut().poll(cx))).await.is_pending());
    }
    assert!(matches!(events.next().await, fanout::Event::Message { .. }));
    assert_eq!(alice.messages(room).await.len(), 1);
}

#[tokio::test]
async fn more_than_the_queue_holds_is_refused_at_once_and_nothing_of_it_stored() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let answers = chat::messages::send(&app.chat, (0..9000).map(|n| draft(&alice, room, n)).collect()).await;
    let stored = answers.iter().take_while(|answer| answer.is_ok()).count();
    assert_eq!(stored, 8192);
    assert!(answers[stored..].iter().all(|a| a.as_ref().is_err_and(|e| e.code() == Code::Unavailable)));
    assert_eq!(alice.position(room).await[0], 8192);
}

#[tokio::test]
async fn a_change_whose_caller_went_away_is_finished_and_published() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let mut events = app.listen(&[fanout::Topic::User(alice.id)]).await;
    {
        let create = chat::rooms::create(&app.chat, alice.sender(), "Plans".into());
        let mut create = std::pin::pin!(create);
        // Polled once, then dropped.
        assert!(
            std::future::poll_fn(|cx| std::task::Poll::Ready(create.as_mut().poll(cx))).await.is_pending()
        );
    }
    assert!(matches!(events.next().await, fanout::Event::MemberAdded { .. }));
    assert_eq!(alice.my_rooms().await.len(), 1);
}
