//! What renaming and deleting an account does to rooms.

use std::sync::Arc;

use fanout::{Bus, Event, Topic};
use protocol::{Code, UserId, seams::Change};

use crate::{
    accounts::TestAccounts,
    app::{TestApp, unlimited},
};

#[tokio::test]
async fn a_renamed_user_is_renamed_in_the_rooms_but_not_in_what_they_said() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    alice.send(room, "hi").await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    app.accounts.record(alice.id, Change::Renamed { username: "alicia".into() });
    app.bus.publish(vec![Event::AccountsChanged]).await;

    let Event::RoomUpdated { room: updated, .. } = events.next().await else { panic!("not updated") };
    assert_eq!(updated.owner_username_snapshot.as_deref(), Some("alicia"));
    let shown = bob.room(room).await;
    assert_eq!(shown.room, updated);
    let names: Vec<_> = shown.members.iter().map(|member| member.username_snapshot.as_str()).collect();
    assert!(names.contains(&"alicia") && !names.contains(&"alice"), "{names:?}");
    assert_eq!(bob.messages(room).await[0].username, "alice");

    // Her token still says the old name, as a socket's does for as long as it lives.
    let sent = alice.send(room, "it is me").await;
    assert_eq!((sent.username.as_str(), sent.username_snapshot.as_str()), ("alicia", "alicia"));
    assert_eq!(bob.messages(room).await[1], sent);
}

#[tokio::test]
async fn a_deleted_user_leaves_every_room_and_hands_over() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let general = alice.general().await.room.id;
    bob.general().await;
    let (shared, own) = (alice.create_room("Shared").await, alice.create_room("Own").await);
    alice.add(shared, &bob).await;
    alice.send(shared, "hi").await;
    let mut events = app.listen(&[Topic::Room(general), Topic::Room(shared), Topic::Room(own)]).await;
    app.accounts.record(alice.id, Change::Deleted);
    app.bus.publish(vec![Event::AccountsChanged]).await;

    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(match events.next().await {
            Event::MemberRemoved { room_id, user_id, .. } if user_id == alice.id => ("removed", room_id),
            Event::RoomUpdated { room, .. } if room.owner_user_id == Some(bob.id) => ("handed over", room.id),
            Event::RoomDeleted { room_id } => ("deleted", room_id),
            other => panic!("{other:?}"),
        });
    }
    let wanted = [
        ("removed", general),
        ("removed", shared),
        ("handed over", shared),
        ("removed", own),
        ("deleted", own),
    ];
    assert_eq!(seen, wanted);
    assert_eq!(bob.room(general).await.members.len(), 1);
    assert_eq!(bob.room(shared).await.members.len(), 1);
    assert_eq!(bob.messages(shared).await[0].username, "alice");
    assert_eq!(alice.get(&format!("/rooms/{shared}")).await.refused(404), Code::NotFound);
}

#[tokio::test]
async fn a_deleted_user_whose_request_comes_late_joins_nothing() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let general = alice.general().await.room.id;
    bob.general().await;
    let plans = bob.create_room("Plans").await;
    let mut events = app.listen(&[Topic::Room(general)]).await;
    app.accounts.record(alice.id, Change::Deleted);
    app.bus.publish(vec![Event::AccountsChanged]).await;
    assert!(matches!(events.next().await, Event::MemberRemoved { .. }));

    // As if they had been let in before the session ended.
    assert_eq!(alice.get("/rooms/general").await.refused(404), Code::NotFound);
    assert_eq!(alice.send_as(general, "late", "late").await.refused(404), Code::NotFound);
    let create = alice.post("/rooms/create", serde_json::json!({"name": "Late"})).await;
    assert_eq!(create.refused(401), Code::Unauthorized);
    let rooms = chat::members::rooms_of(&app.chat, &[alice.sender(), bob.sender()]).await.unwrap();
    assert_eq!(rooms.iter().map(|user| user.rooms.len()).collect::<Vec<_>>(), [0, 2]);
    // As if the name had been looked up before.
    bob.add(plans, &alice).await;
    for room in [general, plans] {
        let members = bob.room(room).await.members;
        assert_eq!(members.iter().map(|member| member.user_id).collect::<Vec<_>>(), [bob.id]);
    }
}

#[tokio::test]
async fn what_happened_while_chat_was_away_is_made_up_for_at_start() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    // More than one read of the feed, and nobody tells.
    for _ in 0..3 {
        app.accounts.record(UserId::random(), Change::Deleted);
    }
    app.accounts.record(bob.id, Change::Renamed { username: "robert".into() });
    app.accounts.record(bob.id, Change::Renamed { username: "bobby".into() });
    let app = app.restart().await;
    let alice = app.user_with_id("alice", alice.id);

    let mut events = app.listen(&[Topic::Room(room)]).await;
    app.accounts.record(alice.id, Change::Renamed { username: "alicia".into() });
    app.bus.publish(vec![Event::AccountsChanged]).await;
    assert!(matches!(events.next().await, Event::RoomUpdated { .. }));
    let mut names: Vec<_> =
        alice.room(room).await.members.into_iter().map(|member| member.username_snapshot).collect();
    names.sort();
    assert_eq!(names, ["alicia", "bobby"]);
}

#[tokio::test]
async fn a_change_is_applied_once_across_restarts() {
    let accounts = Arc::new(TestAccounts::default());
    let app = TestApp::start_with(accounts, &unlimited()).await;
    let alice = app.user("alice");
    let room = alice.create_room("Plans").await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    app.accounts.record(alice.id, Change::Renamed { username: "alicia".into() });
    app.bus.publish(vec![Event::AccountsChanged]).await;
    assert!(matches!(events.next().await, Event::RoomUpdated { .. }));

    let app = app.restart().await;
    let mut events = app.listen(&[Topic::Room(room)]).await;
    let alice = app.user_with_id("alicia", alice.id);
    app.accounts.record(alice.id, Change::Renamed { username: "ali".into() });
    app.bus.publish(vec![Event::AccountsChanged]).await;
    let Event::RoomUpdated { room, .. } = events.next().await else { panic!("not updated") };
    assert_eq!(room.owner_username_snapshot.as_deref(), Some("ali"));
}
