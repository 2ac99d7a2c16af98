//! Upgrades: a database of each earlier schema, with data in it, is brought up to date and served.

use std::sync::Arc;

use chat::Migrator;
use kit::db::Database;
use protocol::{Code, RoomId, Seq, UserId, seams::Change};
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use serde_json::{Value, json};
use testbed::{Earlier, TestDatabase};

use crate::app::{ENGINE, TestApp, unlimited};

macro_rules! upgrades {
    ($($name:ident: $version:literal),+) => {
        #[test]
        fn every_schema_is_upgraded_from() {
            let versions = [$($version),+];
            assert_eq!(versions.to_vec(), (1..=Migrator::migrations().len()).collect::<Vec<_>>());
        }

        $(#[tokio::test]
        async fn $name() {
            upgrade::<$version>().await;
        })+
    };
}

upgrades! {
    what_schema_1_holds_is_served: 1,
    what_schema_2_holds_is_served: 2,
    what_schema_3_holds_is_served: 3,
    what_schema_4_holds_is_served: 4,
    what_schema_5_holds_is_served: 5
}

const PLANS: RoomId = RoomId(70);
const DELETED: RoomId = RoomId(71);

struct People {
    alice: UserId,
    bob: UserId,
    /// Whose account is gone.
    carol: UserId,
}

async fn upgrade<const N: usize>() {
    let people = People { alice: UserId::random(), bob: UserId::random(), carol: UserId::random() };
    let database = Arc::new(TestDatabase::new(ENGINE).await);
    let db = Database::open(&database.url().parse().unwrap()).await.unwrap();
    db.migrate::<Earlier<Migrator, N>>().await.unwrap();
    let is_newest = N == Migrator::migrations().len();
    assert_eq!(db.is_behind::<Migrator>().await.unwrap(), !is_newest, "the premise: an earlier schema");
    fill(&db, N, &people).await;
    db.close().await.unwrap();

    let app = TestApp::start_in(database, Arc::default(), &unlimited()).await;
    let (alice, bob) = (app.user_with_id("alice", people.alice), app.user_with_id("bob", people.bob));
    let log = alice.messages(PLANS).await;
    let told: Vec<_> = log
        .iter()
        .map(|message| (message.seq.0, message.username.as_str(), message.content.as_str()))
        .collect();
    assert_eq!(told, [(1, "alice", "first"), (2, "robert", "zweite ✓"), (3, "alice", "third")]);
    assert_eq!(bob.position(PLANS).await, [3, 1, 2]);
    assert_eq!(alice.general().await.last_seq, Seq(0));
    let members = alice.room(PLANS).await.members;
    let members: Vec<_> =
        members.iter().map(|member| (member.user_id, member.username_snapshot.as_str())).collect();
    assert_eq!(members.len(), 2);
    assert!(
        members.contains(&(people.alice, "alice")) && members.contains(&(people.bob, "bob")),
        "{members:?}"
    );
    alice.get(&format!("/rooms/{DELETED}")).await.refused(404);

    // What was sent is known, and the log goes on.
    assert_eq!(alice.send_as(PLANS, "first", "m-1").await.ok::<Value>()["seq"], 1);
    assert_eq!(bob.send(PLANS, "fourth").await.seq, Seq(4));
    assert_eq!(bob.position(PLANS).await, [4, 4, 0]);
    alice.read(PLANS, 2).await.ok::<Value>();
    alice.patch(&format!("/rooms/{PLANS}"), json!({"name": "Renamed"})).await.ok::<Value>();
    let dave = app.user("dave");
    alice.add(PLANS, &dave).await;
    alice.remove(PLANS, people.bob).await.ok::<Value>();
    assert_eq!(bob.get(&format!("/messages/{PLANS}")).await.refused(404), Code::NotFound);
    assert!(alice.create_room("Next").await > DELETED, "ids are never used twice");

    // The feed is followed from where it was: what was applied is not applied again.
    let mut events = app.listen(&[fanout::Topic::Room(PLANS)]).await;
    app.accounts.record(dave.id, Change::Deleted);
    app.accounts.record(people.alice, Change::Renamed { username: "alicia".into() });
    fanout::Bus::publish(&*app.bus, vec![fanout::Event::AccountsChanged]).await;
    let fanout::Event::RoomUpdated { room, .. } = events.next().await else { panic!("another event") };
    assert_eq!((room.name.as_str(), room.owner_username_snapshot.as_deref()), ("Renamed", Some("alicia")));
    assert_eq!(alice.room(PLANS).await.members.len(), 2, "the deletion was before the cursor");

    if N >= 2 {
        let carol = app.user_with_id("carol", people.carol);
        assert_eq!(carol.get("/rooms/general").await.refused(404), Code::NotFound);
    }
}

/// As that version left it.
async fn fill(db: &Database, version: usize, people: &People) {
    let bytes = |user: UserId| format!("X'{}'", user.0.simple());
    let (alice, bob, carol) = (bytes(people.alice), bytes(people.bob), bytes(people.carol));
    let mut statements = vec![
        format!(
            "INSERT INTO rooms (id, kind, name, owner_user_id, owner_username_snapshot, last_seq, members_rev, created_at, \
             deleted_at) VALUES ({PLANS}, 'room', 'Plans', {alice}, 'alice', 3, 2, 1000, NULL), \
             ({DELETED}, 'room', 'Deleted', {alice}, 'alice', 1, 1, 1000, 2000)"
        ),
        format!(
            "INSERT INTO room_members (room_id, user_id, username_snapshot, role, last_read_seq, joined_at) VALUES \
             ({PLANS}, {alice}, 'alice', 'owner', 3, 1000), ({PLANS}, {bob}, 'bob', 'member', 1, 1001), \
             ({DELETED}, {alice}, 'alice', 'owner', 1, 1000)"
        ),
        format!(
            "INSERT INTO messages (room_id, seq, user_id, username_snapshot, kind, content, client_message_id, created_at) \
             VALUES ({PLANS}, 1, {alice}, 'alice', 'TEXT', 'first', 'm-1', 1100), \
             ({PLANS}, 2, {bob}, 'robert', 'TEXT', 'zweite ✓', 'm-2', 1200), \
             ({PLANS}, 3, {alice}, 'alice', 'TEXT', 'third', 'm-3', 1300), \
             ({DELETED}, 1, {alice}, 'alice', 'TEXT', 'gone', 'm-4', 1400)"
        ),
        format!(
            "INSERT INTO user_revisions (user_id, rooms_rev) VALUES ({alice}, 2), ({bob}, 1), ({carol}, 3)"
        ),
        "UPDATE cursors SET position = 10".to_owned(),
    ];
    if version >= 2 {
        statements.push(format!("UPDATE user_revisions SET gone_at = 1500 WHERE user_id = {carol}"));
    }
    if version >= 3 {
        statements.push(format!(
            "INSERT INTO outbox (node, written_at, event) VALUES ({carol}, 1, 'not for long')"
        ));
    }
    if version >= 4 {
        statements.push(format!("UPDATE rooms SET details_rev = 5 WHERE id = {PLANS}"));
    }
    if version >= 5 {
        statements.push(format!(
            "INSERT INTO member_changes (room_id, members_rev, user_id, username, joined, changed_at) VALUES \
             ({PLANS}, 2, {bob}, 'bob', TRUE, 1001)"
        ));
        statements.push(format!("UPDATE user_revisions SET reads_rev = 4 WHERE user_id = {bob}"));
        statements.push(format!("UPDATE room_members SET read_rev = 4 WHERE user_id = {bob}"));
    }
    for statement in statements {
        db.writer.execute_unprepared(&statement).await.unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}
