//! Pages of a room's log.

use protocol::{Code, Message, RoomId, Seq};
use sea_orm::ConnectionTrait;

use crate::app::{Answer, TestApp, TestUser};

async fn room_with(app: &TestApp, count: i64) -> (TestUser, RoomId) {
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let drafts = (1..=count).map(|n| protocol::seams::Draft {
        sender: alice.sender(),
        room_id: room,
        content: format!("message {n}"),
        client_message_id: protocol::ClientMessageId::random(),
    });
    let answers = chat::messages::send(&app.chat, drafts.collect()).await;
    assert!(answers.iter().all(Result::is_ok));
    (alice, room)
}

#[track_caller]
fn page(answer: &Answer) -> (Vec<i64>, bool) {
    let messages: Vec<Message> = answer.ok();
    (messages.iter().map(|message| message.seq.0).collect(), answer.has_more.expect("x-has-more"))
}

#[tokio::test]
async fn the_newest_messages_come_first_in_ascending_order() {
    let app = TestApp::start().await;
    let (alice, room) = room_with(&app, 120).await;
    let of = async |query: &str| alice.get(&format!("/messages/{room}{query}")).await;
    assert_eq!(page(&of("").await), ((71..=120).collect(), true));
    assert_eq!(page(&of("?limit=120").await), ((1..=120).collect(), false));
    assert_eq!(page(&of("?limit=200").await), ((1..=120).collect(), false));
    assert_eq!(page(&of("?limit=119").await), ((2..=120).collect(), true));
}

#[tokio::test]
async fn older_and_newer_pages_say_whether_there_are_more_in_their_direction() {
    let app = TestApp::start().await;
    let (alice, room) = room_with(&app, 30).await;
    let of = async |query: &str| alice.get(&format!("/messages/{room}?{query}")).await;
    assert_eq!(page(&of("before=11&limit=5").await), ((6..=10).collect(), true));
    assert_eq!(page(&of("before=11&limit=10").await), ((1..=10).collect(), false));
    assert_eq!(page(&of("before=1").await), (vec![], false));
    assert_eq!(page(&of("before=0").await), (vec![], false));
    assert_eq!(page(&of("before=1000&limit=2").await), (vec![29, 30], true));
    assert_eq!(page(&of("after=20&limit=5").await), ((21..=25).collect(), true));
    assert_eq!(page(&of("after=25&limit=5").await), ((26..=30).collect(), false));
    assert_eq!(page(&of("after=30").await), (vec![], false));
    assert_eq!(page(&of("after=0&limit=1").await), (vec![1], true));
}

#[tokio::test]
async fn an_empty_room_has_an_empty_page() {
    let app = TestApp::start().await;
    let (alice, room) = room_with(&app, 0).await;
    assert_eq!(page(&alice.get(&format!("/messages/{room}")).await), (vec![], false));
}

#[tokio::test]
async fn page_parameters_out_of_range_are_refused() {
    let app = TestApp::start().await;
    let (alice, room) = room_with(&app, 3).await;
    let of = async |query: &str| alice.get(&format!("/messages/{room}?{query}")).await;
    assert_eq!(of("limit=0").await.field(), ("limit".into(), "OUT_OF_RANGE".into()));
    assert_eq!(of("limit=201").await.field(), ("limit".into(), "OUT_OF_RANGE".into()));
    assert_eq!(of("before=2&after=1").await.field(), ("before".into(), "BAD_FORMAT".into()));
    for bad in [
        "limit=-1",
        "limit=x",
        "limit=",
        "limit=1.5",
        "before=-1",
        "after=x",
        "after=9007199254740992",
        "limit=99999999999999999999999",
        "limit=1&limit=2",
        "after=%00",
        "before=%F0%9F%98%80",
    ] {
        assert_eq!(of(bad).await.refused(400), Code::Invalid, "{bad}");
    }
}

#[tokio::test]
async fn the_hub_reads_a_rooms_log_without_a_member_and_a_moment_longer_than_it_is_there() {
    let app = TestApp::start().await;
    let (alice, room) = room_with(&app, 10).await;
    let page = chat::messages::after(&app.chat, room, Seq(4), 3).await.unwrap();
    let seqs: Vec<_> = page.messages.iter().map(|message| message.seq.0).collect();
    assert_eq!((seqs, page.has_more), (vec![5, 6, 7], true));
    let end = chat::messages::after(&app.chat, room, Seq(10), 3).await.unwrap();
    assert_eq!((end.messages.len(), end.has_more), (0, false));

    alice.delete(&format!("/rooms/{room}")).await.ok::<serde_json::Value>();
    let page = chat::messages::after(&app.chat, room, Seq(7), 9).await.unwrap();
    assert_eq!((page.messages.len(), page.has_more), (3, false), "its sockets may not have heard them");
    let end = chat::messages::after(&app.chat, room, Seq(10), 9).await.unwrap();
    assert_eq!((end.messages.len(), end.has_more), (0, false));
    let members = chat::members::among(&app.chat, &[(room, vec![alice.id])]).await.unwrap();
    assert_eq!(members[0].users, [alice.id]);

    let later = format!("UPDATE rooms SET deleted_at = deleted_at - 11000 WHERE id = {room}");
    app.db.writer.execute_unprepared(&later).await.unwrap();
    for gone in [room, RoomId(999)] {
        let refused = chat::messages::after(&app.chat, gone, Seq(4), 3).await;
        assert_eq!(refused.unwrap_err().code(), Code::NotFound);
        assert_eq!(chat::members::among(&app.chat, &[(gone, vec![alice.id])]).await.unwrap(), []);
    }
}
