//! Members added and removed, and who owns a room when its owner leaves.

use fanout::{Event, Topic};
use protocol::{Code, Room, UserId, rooms::Role};
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn a_member_is_added_once_and_has_read_everything_so_far() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("Bob"));
    let room = alice.create_room("Plans").await;
    alice.send(room, "before").await;
    let mut events = app.listen(&[Topic::User(bob.id)]).await;
    let path = format!("/rooms/{room}/add-member");
    for name in ["bob", "BOB"] {
        assert_eq!(alice.post(&path, json!({"username": name})).await.ok::<Value>(), json!({"ok": true}));
    }
    let Event::MemberAdded { user_id, username, members_rev, rooms_rev, .. } = events.next().await else {
        panic!("not added")
    };
    assert_eq!((user_id, username.as_str(), members_rev, rooms_rev), (bob.id, "Bob", 2, 1));
    assert_eq!(bob.position(room).await, [1, 1, 0]);
    assert_eq!(bob.messages(room).await.len(), 1);

    // The second call published nothing: the next event is another one.
    alice.remove(room, bob.id).await.ok::<Value>();
    assert!(matches!(events.next().await, Event::MemberRemoved { rooms_rev: 2, members_rev: 3, .. }));
}

#[tokio::test]
async fn only_the_owner_adds_and_only_users_there_are() {
    let app = TestApp::start().await;
    let (alice, bob, _carol) = (app.user("alice"), app.user("bob"), app.user("carol"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    let path = format!("/rooms/{room}/add-member");
    assert_eq!(bob.post(&path, json!({"username": "carol"})).await.refused(403), Code::OwnerOnly);
    assert_eq!(bob.post(&path, json!({"username": "nobody"})).await.refused(403), Code::OwnerOnly);
    let unknown = alice.post(&path, json!({"username": "nobody"})).await;
    assert_eq!(unknown.refused(404), Code::NotFound);
    assert!(unknown.json::<Value>()["detail"].as_str().unwrap().contains("nobody"));
}

#[tokio::test]
async fn adding_while_the_accounts_are_away_says_so_and_may_be_repeated() {
    let app = TestApp::start().await;
    let (alice, _bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    app.accounts.go_away();
    let answer = alice.post(&format!("/rooms/{room}/add-member"), json!({"username": "bob"})).await;
    assert_eq!(answer.refused(503), Code::Unavailable);
    assert!(answer.retry_after.is_some());
    assert_eq!(alice.room(room).await.members.len(), 1);
}

#[tokio::test]
async fn a_removed_member_is_out_at_once_and_told_where_the_room_stood() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    bob.send(room, "one").await;
    alice.send(room, "two").await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    assert_eq!(alice.remove(room, bob.id).await.ok::<Value>(), json!({"ok": true, "lastSeq": 2}));
    let Event::MemberRemoved { user_id, last_seq, members_rev, .. } = events.next().await else {
        panic!("not removed")
    };
    assert_eq!((user_id, last_seq.0, members_rev), (bob.id, 2, 3));
    assert_eq!(bob.send_as(room, "three", "x").await.refused(404), Code::NotFound);
    assert_eq!(bob.get(&format!("/messages/{room}")).await.refused(404), Code::NotFound);
    assert!(bob.my_rooms().await.is_empty());

    // Idempotent for the owner, and without an event.
    assert_eq!(alice.remove(room, bob.id).await.ok::<Value>(), json!({"ok": true, "lastSeq": 2}));
    assert_eq!(alice.remove(room, UserId::random()).await.ok::<Value>(), json!({"ok": true, "lastSeq": 2}));
    alice.send(room, "three").await;
    assert!(matches!(events.next().await, Event::Message { members_rev: 3, .. }));
}

#[tokio::test]
async fn members_remove_themselves_and_nobody_else() {
    let app = TestApp::start().await;
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| app.user(name));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    alice.add(room, &carol).await;
    assert_eq!(bob.remove(room, carol.id).await.refused(403), Code::OwnerOnly);
    assert_eq!(bob.remove(room, alice.id).await.refused(403), Code::OwnerOnly);
    bob.remove(room, bob.id).await.ok::<Value>();
    assert_eq!(bob.remove(room, bob.id).await.refused(404), Code::NotFound);
    assert_eq!(alice.room(room).await.members.len(), 2);
}

#[tokio::test]
async fn an_owner_who_leaves_hands_over_to_the_longest_standing_member() {
    let app = TestApp::start().await;
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| app.user(name));
    let room = alice.create_room("Plans").await;
    alice.add(room, &carol).await;
    alice.add(room, &bob).await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    alice.remove(room, alice.id).await.ok::<Value>();
    assert!(matches!(events.next().await, Event::MemberRemoved { .. }));
    let Event::RoomUpdated { room: updated, .. } = events.next().await else { panic!("not handed over") };
    assert_eq!(updated.owner_user_id, Some(carol.id));
    assert_eq!(updated.owner_username_snapshot.as_deref(), Some("carol"));
    let shown = carol.room(room).await;
    assert_eq!(shown.room, updated);
    let roles = shown.members.iter().map(|m| (m.user_id, m.role));
    assert!(roles.into_iter().all(|(id, role)| (role == Role::Owner) == (id == carol.id)));
    carol.patch(&format!("/rooms/{room}"), json!({"name": "Carol's"})).await.ok::<Room>();
}

#[tokio::test]
async fn the_last_one_out_deletes_the_room() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    assert_eq!(alice.remove(room, alice.id).await.ok::<Value>(), json!({"ok": true, "lastSeq": 0}));
    assert!(matches!(events.next().await, Event::MemberRemoved { .. }));
    assert_eq!(events.next().await, Event::RoomDeleted { room_id: room });
    assert_eq!(alice.get(&format!("/rooms/{room}")).await.refused(404), Code::NotFound);
}

#[tokio::test]
async fn who_comes_back_is_up_to_date_again() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    bob.remove(room, bob.id).await.ok::<Value>();
    alice.send(room, "meanwhile").await;
    alice.add(room, &bob).await;
    assert_eq!(bob.position(room).await, [1, 1, 0]);
}

#[tokio::test]
async fn members_come_in_pages_of_200_ordered_by_id() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let id = alice.general().await.room.id;
    let others: Vec<_> = (0..250).map(|n| app.user(&format!("user{n}")).sender()).collect();
    chat::members::rooms_of(&app.chat, &others).await.unwrap();

    let answer = alice.get(&format!("/rooms/{id}")).await;
    assert_eq!(answer.has_more, Some(true));
    let first: protocol::rooms::RoomWithMembers = answer.ok();
    assert_eq!(first.members.len(), 200);
    let last = first.members.last().unwrap().user_id;
    let answer = alice.get(&format!("/rooms/{id}?membersAfter={last}")).await;
    assert_eq!(answer.has_more, Some(false));
    let second: protocol::rooms::RoomWithMembers = answer.ok();
    let ids: Vec<_> = first.members.iter().chain(&second.members).map(|m| m.user_id).collect();
    assert_eq!(ids.len(), 251);
    assert!(ids.is_sorted());
}
