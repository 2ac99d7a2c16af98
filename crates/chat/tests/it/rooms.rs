//! Rooms made, listed, renamed and deleted.

use std::time::Duration;

use fanout::{Event, Topic};
use protocol::{Code, Room, RoomId, UserId, rooms::Role, seams::Draft};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{PATIENCE, TestApp};

#[tokio::test]
async fn a_created_room_is_owned_by_its_creator_who_is_its_first_member() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let mut events = app.listen(&[Topic::User(alice.id)]).await;
    let answer = alice.post("/rooms/create", json!({"name": "  Plans  "})).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let room: Room = answer.json();
    assert_eq!((room.name.as_str(), room.owner_user_id), ("Plans", Some(alice.id)));
    assert_eq!(room.owner_username_snapshot.as_deref(), Some("alice"));

    let shown = alice.room(room.id).await;
    assert_eq!(shown.room, room);
    assert_eq!(shown.members.len(), 1);
    assert_eq!((shown.members[0].user_id, shown.members[0].role), (alice.id, Role::Owner));
    let Event::MemberAdded { room_id, user_id, members_rev, rooms_rev, .. } = events.next().await else {
        panic!("not added")
    };
    assert_eq!((room_id, user_id, members_rev, rooms_rev), (room.id, alice.id, 1, 1));
}

#[tokio::test]
async fn the_general_room_has_no_owner_and_is_joined_by_any_use() {
    let app = TestApp::start().await;
    let [alice, bob, carol, dave, erin] =
        ["alice", "bob", "carol", "dave", "erin"].map(|name| app.user(name));
    let general = alice.general().await;
    assert_eq!((general.room.name.as_str(), general.room.owner_user_id), ("general", None));
    assert_eq!(general.unread, 0);
    let id = general.room.id;

    bob.get(&format!("/messages/{id}")).await.ok::<Value>();
    carol.send(id, "hello").await;
    dave.read(id, 0).await.ok::<Value>();
    erin.get(&format!("/rooms/{id}")).await.ok::<Value>();
    let mut members: Vec<_> = alice.room(id).await.members.into_iter().map(|m| m.username_snapshot).collect();
    members.sort();
    assert_eq!(members, ["alice", "bob", "carol", "dave", "erin"]);
    assert!(alice.my_rooms().await.is_empty());
}

#[tokio::test]
async fn the_general_room_is_announced_to_who_joins_it() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let id = alice.general().await.room.id;
    let mut events = app.listen(&[Topic::Room(id)]).await;
    bob.general().await;
    bob.general().await;
    alice.send(id, "hi").await;
    let added = events.next().await;
    assert!(
        matches!(added, Event::MemberAdded { user_id, members_rev: 2, rooms_rev: 1, .. } if user_id == bob.id)
    );
    assert!(matches!(events.next().await, Event::Message { members_rev: 2, .. }));
}

#[tokio::test]
async fn the_general_room_cannot_be_left_renamed_or_deleted() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let id = alice.general().await.room.id;
    let refusals = [
        alice.patch(&format!("/rooms/{id}"), json!({"name": "mine"})).await,
        alice.delete(&format!("/rooms/{id}")).await,
        alice.remove(id, alice.id).await,
        alice.remove(id, bob.id).await,
        alice.post(&format!("/rooms/{id}/add-member"), json!({"username": "bob"})).await,
    ];
    for refusal in refusals {
        assert_eq!(refusal.refused(403), Code::GeneralRoom);
    }
    assert_eq!(alice.general().await.room.name, "general");
}

#[tokio::test]
async fn only_the_owner_renames_and_everybody_is_told() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    let path = format!("/rooms/{room}");
    assert_eq!(bob.patch(&path, json!({"name": "Mine"})).await.refused(403), Code::OwnerOnly);

    alice.patch(&path, json!({"name": "Plans"})).await.ok::<Room>();
    let renamed: Room = alice.patch(&path, json!({"name": "Better plans"})).await.ok();
    assert_eq!(renamed.name, "Better plans");
    assert_eq!(events.next().await, Event::RoomUpdated { room: renamed.clone(), details_rev: 1 });
    assert_eq!(bob.room(room).await.room, renamed);
}

#[tokio::test]
async fn only_the_owner_deletes_and_the_room_is_gone_at_once() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    alice.send(room, "hi").await;
    let path = format!("/rooms/{room}");
    assert_eq!(bob.delete(&path).await.refused(403), Code::OwnerOnly);
    let revs = chat::rooms::positions(&app.chat, &[room], &[alice.id, bob.id]).await.unwrap();
    assert_eq!(revs.rooms.len(), 1);

    let mut events = app.listen(&[Topic::Room(room)]).await;
    assert_eq!(alice.delete(&path).await.ok::<Value>(), json!({"ok": true}));
    assert_eq!(events.next().await, Event::RoomDeleted { room_id: room });
    for user in [&alice, &bob] {
        assert_eq!(user.get(&path).await.refused(404), Code::NotFound);
        assert_eq!(user.get(&format!("/messages/{room}")).await.refused(404), Code::NotFound);
        assert_eq!(user.send_as(room, "hi", "x").await.refused(404), Code::NotFound);
        assert_eq!(user.read(room, 1).await.refused(404), Code::NotFound);
        assert_eq!(user.delete(&path).await.refused(404), Code::NotFound);
        assert!(user.my_rooms().await.is_empty());
    }
    let after = chat::rooms::positions(&app.chat, &[room], &[alice.id, bob.id]).await.unwrap();
    assert!(after.rooms.is_empty());
    for (before, after) in revs.users.iter().zip(&after.users) {
        assert_eq!(after.rooms_rev, before.rooms_rev + 1);
    }
}

#[tokio::test]
async fn the_rows_of_a_deleted_room_go_and_its_id_and_client_ids_are_not_mixed_up() {
    use sea_orm::ConnectionTrait;
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    // More than one step of the sweeper.
    let drafts = (0..1200).map(|n| Draft {
        sender: alice.sender(),
        room_id: room,
        content: "hi".into(),
        client_message_id: format!("c{n}").parse().unwrap(),
    });
    let answers = chat::messages::send(&app.chat, drafts.collect()).await;
    assert!(answers.iter().all(Result::is_ok));
    alice.delete(&format!("/rooms/{room}")).await.ok::<Value>();
    // The client id is free again, whether or not the sweeper has been there.
    let other = alice.create_room("Other").await;
    assert_eq!(alice.send_as(other, "hi", "c0").await.status, StatusCode::CREATED);

    let left = format!(
        "SELECT (SELECT COUNT(*) FROM rooms WHERE id = {room}) + (SELECT COUNT(*) FROM room_members WHERE \
         room_id = {room}) + (SELECT COUNT(*) FROM messages WHERE room_id = {room}) AS rest"
    );
    let swept = async {
        loop {
            let row = app.db.reader.query_one_raw(sea_orm::Statement::from_string(
                app.db.reader.get_database_backend(),
                left.clone(),
            ));
            if row.await.unwrap().unwrap().try_get::<i64>("", "rest").unwrap() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    // Its sockets are told of it for ten seconds first.
    tokio::time::timeout(2 * PATIENCE, swept).await.expect("the rows are still there");
    assert!(alice.create_room("Next").await > other);
    assert_eq!(alice.messages(other).await.len(), 1);
}

#[tokio::test]
async fn my_rooms_tell_what_is_unread_and_what_was_said_last() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let (first, second) = (alice.create_room("First").await, alice.create_room("Second").await);
    let third = alice.create_room("Third").await;
    for room in [first, second] {
        alice.add(room, &bob).await;
    }
    alice.send(second, "one").await;
    alice.send(second, "two").await;
    let last = alice.send(first, "three").await;

    let rooms = bob.my_rooms().await;
    let names: Vec<_> = rooms.iter().map(|summary| summary.room.name.as_str()).collect();
    assert_eq!(names, ["First", "Second"]);
    assert_eq!(rooms[0].last_message.as_ref(), Some(&last));
    assert_eq!((rooms[1].last_seq.0, rooms[1].last_read_seq.0, rooms[1].unread), (2, 0, 2));
    let alices = alice.my_rooms().await;
    assert_eq!(alices.len(), 3);
    assert!(alices.iter().all(|summary| summary.unread == 0));
    let empty = alices.iter().find(|summary| summary.room.id == third).unwrap();
    assert_eq!(empty.last_message, None);
    let body = alice.get("/rooms/my-rooms").await.body;
    assert!(body.contains("\"lastMessage\":null"), "{body}");
}

#[tokio::test]
async fn a_strangers_room_answers_exactly_as_one_that_does_not_exist() {
    let app = TestApp::start().await;
    let (alice, eve) = (app.user("alice"), app.user("eve"));
    let theirs = alice.create_room("Secret").await;
    let (nowhere, someone) = (RoomId(999), UserId::random());
    for room in [theirs, nowhere] {
        let answers = [
            eve.get(&format!("/rooms/{room}")).await,
            eve.patch(&format!("/rooms/{room}"), json!({"name": "x"})).await,
            eve.delete(&format!("/rooms/{room}")).await,
            eve.post(&format!("/rooms/{room}/add-member"), json!({"username": "eve"})).await,
            eve.remove(room, someone).await,
            eve.remove(room, alice.id).await,
            eve.remove(room, eve.id).await,
            eve.get(&format!("/messages/{room}")).await,
            eve.send_as(room, "hi", "x").await,
            eve.read(room, 1).await,
        ];
        let reference = eve.get("/rooms/998").await;
        for answer in answers {
            assert_eq!(answer.refused(404), Code::NotFound);
            assert_eq!(answer.body, reference.body);
        }
    }
}

#[tokio::test]
async fn every_path_wants_a_token_of_a_living_session() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let mut stranger = alice.clone();
    stranger.token = String::new();
    let revoked = app.user("carol");
    revoked.general().await;
    app.revoke(revoked.session);
    for path in ["/rooms/general", "/rooms/my-rooms", &format!("/rooms/{room}"), &format!("/messages/{room}")]
    {
        assert_eq!(stranger.get(path).await.refused(401), Code::Unauthorized);
        assert_eq!(revoked.get(path).await.refused(401), Code::SessionRevoked);
    }
}
