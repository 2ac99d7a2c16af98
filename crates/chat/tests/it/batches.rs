//! What one batch of the writer takes, on the real engines.

use protocol::{ClientMessageId, Code, RoomId, seams::Draft};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::app::{TestApp, TestUser};

fn draft(user: &TestUser, room: RoomId, content: String) -> Draft {
    Draft { sender: user.sender(), room_id: room, content, client_message_id: ClientMessageId::random() }
}

#[tokio::test]
async fn a_full_batch_of_the_longest_messages_fits_into_one_statement() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("🎉 Plans 𝔘").await;
    let longest = "𝔘".repeat(4000);
    let drafts = (0..256).map(|_| draft(&alice, room, longest.clone())).collect();
    let answers = chat::messages::send(&app.chat, drafts).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(alice.room(room).await.room.name, "🎉 Plans 𝔘");
    let page = chat::messages::after(&app.chat, room, protocol::Seq(250), 200).await.unwrap();
    assert!(page.messages.iter().all(|message| message.content == longest));
    assert_eq!(page.messages.len(), 6);
}

#[tokio::test]
async fn every_answer_names_the_id_that_its_message_has_whoever_else_stores() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let rooms = [alice.create_room("Plans").await, alice.create_room("Garden").await];
    let other = app.beside().await;
    let drafts = |count: usize| {
        (0..count).map(|nth| draft(&alice, rooms[nth % 2], format!("{count} {nth}"))).collect::<Vec<_>>()
    };
    let mut answered = Vec::new();
    for count in [1, 2, 51, 100] {
        let (here, there) = tokio::join!(
            chat::messages::send(&app.chat, drafts(count)),
            chat::messages::send(&other.chat, drafts(count)),
        );
        let messages = here.into_iter().chain(there).map(|answer| answer.unwrap().message);
        answered.extend(messages.map(|message| (message.room_id, message.seq, message.id)));
    }
    answered.sort_unstable();
    let mut stored = Vec::new();
    for room in rooms {
        let page = chat::messages::after(&app.chat, room, protocol::Seq::ZERO, 200).await.unwrap();
        stored.extend(page.messages.iter().map(|message| (room, message.seq, message.id)));
    }
    assert_eq!(answered, stored);
}

#[tokio::test]
async fn a_message_that_the_database_refuses_does_not_fail_its_batch() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let trigger = match app.db.writer.get_database_backend() {
        DbBackend::MySql => {
            "CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW \
             IF NEW.content = 'bad' THEN SIGNAL SQLSTATE '45000'; END IF"
        }
        _ => {
            "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.content = 'bad' \
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
    };
    app.db.writer.execute_unprepared(trigger).await.unwrap();
    let drafts = ["a", "b", "bad", "c", "d"].map(|content| draft(&alice, room, content.into()));
    let answers = chat::messages::send(&app.chat, drafts.into()).await;
    let codes: Vec<_> = answers.iter().map(|answer| answer.as_ref().err().map(kit::Error::code)).collect();
    assert_eq!(codes, [None, None, Some(Code::Internal), None, None]);
    let stored: Vec<_> = alice.messages(room).await.into_iter().map(|m| (m.seq.0, m.content)).collect();
    assert_eq!(stored, [(1, "a".into()), (2, "b".into()), (3, "c".into()), (4, "d".into())]);
}

#[tokio::test]
async fn ids_of_messages_are_compared_byte_by_byte() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    for id in ["abc", "ABC", "aBc", "a-c", "a.c"] {
        assert_eq!(alice.send_as(room, "hi", id).await.status, 201, "{id}");
    }
    assert_eq!(alice.messages(room).await.len(), 5);
}
