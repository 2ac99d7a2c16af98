//! What sockets ask: where rooms and users stand, and who is in.

use fanout::{Bus, Event, Topic};
use protocol::{
    Code, Room, RoomId, Seq, UserId,
    seams::{Change, RoomState, UserPosition},
};
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn opening_a_room_tells_where_it_stands_to_members_only() {
    let app = TestApp::start().await;
    let (alice, eve) = (app.user("alice"), app.user("eve"));
    let room = alice.create_room("Plans").await;
    alice.send(room, "hi").await;
    let opened = chat::rooms::open(&app.chat, &alice.sender(), room).await.unwrap();
    assert_eq!(opened.state, RoomState { room_id: room, last_seq: Seq(1), members_rev: 1, details_rev: 0 });
    let refused = chat::rooms::open(&app.chat, &eve.sender(), room).await;
    assert_eq!(refused.unwrap_err().code(), Code::NotFound);
    let general = alice.general().await.room.id;
    assert!(chat::rooms::open(&app.chat, &eve.sender(), general).await.is_ok());
}

#[tokio::test]
async fn the_rooms_of_users_include_general_in_the_order_asked() {
    let app = TestApp::start().await;
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| app.user(name));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    let asked = [carol.sender(), alice.sender(), bob.sender()];
    let rooms = chat::members::rooms_of(&app.chat, &asked).await.unwrap();
    let ids: Vec<_> = rooms.iter().map(|user| user.user_id).collect();
    assert_eq!(ids, [carol.id, alice.id, bob.id]);
    let counts: Vec<_> = rooms.iter().map(|user| (user.rooms.len(), user.rooms_rev)).collect();
    assert_eq!(counts, [(1, 1), (2, 2), (2, 2)]);
    let again = chat::members::rooms_of(&app.chat, &asked).await.unwrap();
    assert_eq!(again, rooms);
}

#[tokio::test]
async fn a_room_that_was_deleted_a_moment_ago_is_named_to_those_who_were_in_it() {
    let app = TestApp::start().await;
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| app.user(name));
    let (room, left) = (alice.create_room("Plans").await, alice.create_room("Left").await);
    alice.add(room, &bob).await;
    alice.add(left, &bob).await;
    alice.remove(left, bob.id).await;
    alice.delete(&format!("/rooms/{room}")).await.ok::<serde_json::Value>();
    let asked = [alice.sender(), bob.sender(), carol.sender()];
    let rooms = chat::members::rooms_of(&app.chat, &asked).await.unwrap();
    let deleted: Vec<_> = rooms.iter().map(|user| (user.rooms.len(), user.deleted.as_slice())).collect();
    assert_eq!(deleted, [(2, &[room][..]), (1, &[room]), (1, &[])]);
}

#[tokio::test]
async fn of_the_users_asked_about_the_members_are_named_with_the_revision() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let (room, other) = (alice.create_room("Plans").await, alice.create_room("Other").await);
    alice.add(room, &bob).await;
    let stranger = UserId::random();
    let asked =
        [(room, vec![stranger, bob.id, alice.id]), (RoomId(999), vec![alice.id]), (other, vec![bob.id])];
    let members = chat::members::among(&app.chat, &asked).await.unwrap();
    let answers: Vec<_> = members.into_iter().map(|m| (m.room_id, m.members_rev, m.users)).collect();
    assert_eq!(answers, [(room, 2, vec![bob.id, alice.id]), (other, 1, vec![])]);
}

#[tokio::test]
async fn revisions_rise_with_every_join_and_leave() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    bob.remove(room, bob.id).await.ok::<Value>();
    let nobody = UserId::random();
    let users = [alice.id, bob.id, nobody];
    let positions = chat::rooms::positions(&app.chat, &[room, RoomId(999)], &users).await.unwrap();
    let state = RoomState { room_id: room, last_seq: Seq(0), members_rev: 3, details_rev: 0 };
    assert_eq!(positions.rooms, [state]);
    let revs = [(alice.id, 1), (bob.id, 2), (nobody, 0)];
    assert_eq!(
        positions.users,
        revs.map(|(user_id, rooms_rev)| UserPosition { user_id, rooms_rev, reads_rev: 0 })
    );
}

#[tokio::test]
async fn the_revision_of_details_rises_with_every_new_name_and_owner() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    let revision = async || {
        let positions = chat::rooms::positions(&app.chat, &[room], &[]).await.unwrap();
        let details = chat::rooms::details(&app.chat, &[room, RoomId(999)]).await.unwrap();
        assert_eq!(details.len(), 1);
        assert_eq!(details[0].room, bob.room(room).await.room);
        assert_eq!(details[0].details_rev, positions.rooms[0].details_rev);
        let opened = chat::rooms::open(&app.chat, &bob.sender(), room).await.unwrap();
        let followed = chat::members::rooms_of(&app.chat, &[bob.sender()]).await.unwrap();
        for state in [Some(&opened.state), followed[0].rooms.iter().find(|state| state.room_id == room)] {
            assert_eq!(state, Some(&positions.rooms[0]));
        }
        details[0].details_rev
    };
    assert_eq!(revision().await, 0);
    for _ in 0..2 {
        alice.patch(&format!("/rooms/{room}"), json!({"name": "Better plans"})).await.ok::<Room>();
        assert_eq!(revision().await, 1, "the same name is no change");
    }
    alice.remove(room, alice.id).await.ok::<Value>();
    assert_eq!(revision().await, 2, "handed over");
    let mut events = app.listen(&[Topic::Room(room)]).await;
    app.accounts.record(bob.id, Change::Renamed { username: "robert".into() });
    app.bus.publish(vec![Event::AccountsChanged]).await;
    assert!(matches!(events.next().await, Event::RoomUpdated { details_rev: 3, .. }));
    assert_eq!(revision().await, 3, "the owner has another name");
}

#[tokio::test]
async fn thousands_of_rooms_and_users_can_be_asked_about_at_once() {
    let app = TestApp::start().await;
    let users: Vec<_> = (0..2500).map(|_| UserId::random()).collect();
    let rooms: Vec<_> = (1..=2500).map(RoomId).collect();
    let positions = chat::rooms::positions(&app.chat, &rooms, &users).await.unwrap();
    assert_eq!((positions.rooms.len(), positions.users.len()), (1, 2500));
    let members = chat::members::among(&app.chat, &[(RoomId(1), users)]).await.unwrap();
    assert!(members[0].users.is_empty());
}
