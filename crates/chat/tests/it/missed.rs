//! What processes ask that missed events: who joined and left, and what users marked as read.

use protocol::{
    RoomId, Seq, UserId,
    seams::{MemberChange, MemberChanges, ReadMarks},
};
use serde_json::Value;

use crate::app::{TestApp, TestUser};

fn change(members_rev: i64, user: &TestUser, joined: bool) -> MemberChange {
    MemberChange { members_rev, user_id: user.id, username: user.username.clone(), joined }
}

#[tokio::test]
async fn the_changes_of_a_rooms_members_are_told_after_any_revision() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let room = alice.create_room("Plans").await;
    alice.add(room, &bob).await;
    bob.remove(room, bob.id).await.ok::<Value>();
    alice.add(room, &bob).await;
    let all = [(1, &alice, true), (2, &bob, true), (3, &bob, false), (4, &bob, true)];
    for after in 0..=4 {
        let missed = chat::rooms::missed(&app.chat, &[(room, after), (RoomId(999), 0)], &[]).await.unwrap();
        let changes = all
            .iter()
            .filter(|(rev, ..)| *rev > after)
            .map(|(rev, user, joined)| change(*rev, user, *joined));
        assert_eq!(
            missed.rooms,
            [MemberChanges { room_id: room, members_rev: 4, changes: changes.collect() }]
        );
        assert!(missed.users.is_empty());
    }
}

#[tokio::test]
async fn who_joins_general_by_a_message_or_a_look_is_among_its_changes() {
    let app = TestApp::start().await;
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| app.user(name));
    let general = alice.general().await.room.id;
    bob.send(general, "hi").await;
    chat::members::rooms_of(&app.chat, &[carol.sender()]).await.unwrap();
    let missed = chat::rooms::missed(&app.chat, &[(general, 0)], &[]).await.unwrap();
    let changes = [(1, &alice), (2, &bob), (3, &carol)].map(|(rev, user)| change(rev, user, true));
    assert_eq!(missed.rooms, [MemberChanges { room_id: general, members_rev: 3, changes: changes.into() }]);
}

#[tokio::test]
async fn many_changes_are_told_in_parts() {
    let app = TestApp::start().await;
    let crowd: Vec<_> = (0..1500).map(|n| app.user(&format!("user{n}")).sender()).collect();
    for some in crowd.chunks(500) {
        chat::members::rooms_of(&app.chat, some).await.unwrap();
    }
    let general = app.user("alice").general().await.room.id;
    let (mut after, mut told, mut parts) = (0, Vec::new(), 0);
    while after < 1501 {
        let missed = chat::rooms::missed(&app.chat, &[(general, after)], &[]).await.unwrap();
        let part = &missed.rooms[0];
        told.extend(part.changes.iter().map(|change| change.members_rev));
        (after, parts) = (part.members_rev, parts + 1);
    }
    assert_eq!(told, (1..=1501).collect::<Vec<i64>>());
    assert_eq!(parts, 2);
}

#[tokio::test]
async fn marks_are_told_after_any_revision_of_their_reader() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.user("alice"), app.user("bob"));
    let (plans, other) = (alice.create_room("Plans").await, alice.create_room("Other").await);
    for room in [plans, other] {
        alice.add(room, &bob).await;
        alice.send(room, "one").await;
        alice.send(room, "two").await;
    }
    let missed = async |after: i64| {
        let stranger = UserId::random();
        let asked = [(bob.id, after), (stranger, 0)];
        let mut missed = chat::rooms::missed(&app.chat, &[], &asked).await.unwrap();
        let nothing = ReadMarks { user_id: stranger, reads_rev: 0, marks: Vec::new() };
        assert_eq!(missed.users.pop(), Some(nothing));
        missed.users.pop().unwrap()
    };
    let marks = |reads_rev, marks: &[(RoomId, i64)]| {
        let marks = marks.iter().map(|(room, seq)| (*room, Seq(*seq))).collect();
        ReadMarks { user_id: bob.id, reads_rev, marks }
    };
    assert_eq!(missed(0).await, marks(0, &[]), "what alice sent is nobody's mark");
    bob.read(plans, 1).await.ok::<Value>();
    assert_eq!(missed(0).await, marks(1, &[(plans, 1)]));
    bob.read(other, 2).await.ok::<Value>();
    assert_eq!(missed(0).await, marks(2, &[(plans, 1), (other, 2)]));
    assert_eq!(missed(1).await, marks(2, &[(other, 2)]));
    assert_eq!(missed(2).await, marks(2, &[]));
    let opened = chat::rooms::open(&app.chat, &bob.sender(), other).await.unwrap();
    assert_eq!(opened.read_rev, 2);
    let rooms = chat::members::rooms_of(&app.chat, &[bob.sender()]).await.unwrap();
    assert_eq!(rooms[0].reads_rev, 2);
    // The next one waits to be joined with others, and has a revision once it is written.
    bob.read(plans, 2).await.ok::<Value>();
    let written = async {
        while missed(2).await != marks(3, &[(plans, 2)]) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), written).await.expect("it is written");
}
