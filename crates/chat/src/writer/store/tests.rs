//! Batches on a real database against the model, membership changes in between, and what failures leave behind.

use std::collections::BTreeMap;

use fanout::MemoryBus;
use proptest::prelude::*;
use protocol::rooms::GENERAL as GENERAL_NAME;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use tempfile::TempDir;

use super::*;
use crate::{
    Migrator,
    members::changes,
    tables::{messages, room_members::Role, rooms},
    writer::{
        model::{Expected, Model, NEVER, Step, steps, user},
        store_all,
    },
};

struct Fixture {
    db: Database,
    folder: TempDir,
}

impl Fixture {
    /// General and the model's other rooms, empty and without members.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open_sqlite(&folder.path().join("chat.db")).await.unwrap();
        db.migrate::<Migrator>().await.unwrap();
        for id in 2..NEVER {
            let room = rooms::ActiveModel {
                id: Set(id),
                kind: Set(rooms::Kind::Room),
                name: Set(format!("room {id}")),
                owner_user_id: Set(None),
                owner_username_snapshot: Set(None),
                last_seq: Set(0),
                members_rev: Set(0),
                details_rev: Set(0),
                created_at: Set(0),
                deleted_at: Set(None),
            };
            room.insert(&db.writer).await.unwrap();
        }
        Self { db, folder }
    }

    async fn add(&self, user_id: UserId, room: RoomId) {
        let tx = self.db.begin().await.unwrap();
        let sender = protocol::seams::Sender { user_id, username: "somebody".into() };
        if let Ok(room) = changes::lock(&tx, room).await {
            changes::join(&tx, &room, vec![sender], Role::Member).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn remove(&self, user: UserId, room: RoomId) {
        let tx = self.db.begin().await.unwrap();
        if let Ok(room) = changes::lock(&tx, room).await {
            changes::leave(&tx, &room, user).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn delete(&self, room: RoomId) {
        let tx = self.db.begin().await.unwrap();
        if let Ok(room) = changes::lock(&tx, room).await {
            changes::delete(&tx, &room).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn send(&self, drafts: &[Draft]) -> Outcome {
        store_all(&self.db, Outbox::new(&MemoryBus::default()), Batch::of(drafts.to_vec())).await
    }

    /// It asks once for the file's lock, and does not wait.
    async fn make_impatient(&self) {
        let file = self.db.embedded().unwrap();
        file.write(|connection| connection.execute_batch("PRAGMA busy_timeout = 0")).await.unwrap();
    }

    async fn seqs(&self, room: RoomId) -> Vec<i64> {
        messages::Entity::find()
            .select_only()
            .column(messages::Column::Seq)
            .filter(messages::Column::RoomId.eq(room.0))
            .order_by_asc(messages::Column::Id)
            .into_tuple()
            .all(&self.db.reader)
            .await
            .unwrap()
    }
}

fn expected(answer: &Result<Sent>) -> Expected {
    match answer {
        Ok(sent) => Expected::Stored { seq: sent.message.seq, duplicate: sent.duplicate },
        Err(error) if error.code() == Code::Conflict => Expected::Conflict,
        Err(error) if error.code() == Code::NotFound => Expected::NotFound,
        Err(error) => panic!("{error}"),
    }
}

async fn run(steps: Vec<Step>) {
    let (fixture, mut model) = (Fixture::new().await, Model::default());
    let mut published: BTreeMap<RoomId, Vec<i64>> = BTreeMap::new();
    for step in steps {
        match step {
            Step::Send(drafts) => {
                let outcome = fixture.send(&drafts).await;
                let answers: Vec<_> = outcome.answers.iter().map(expected).collect();
                let wanted: Vec<_> = drafts.iter().map(|draft| model.send(draft)).collect();
                assert_eq!(answers, wanted);
                for event in outcome.events {
                    if let Event::Message { message, .. } = event {
                        published.entry(message.room_id).or_default().push(message.seq.0);
                    }
                }
            }
            Step::Add(user, room) => {
                fixture.add(user, room).await;
                model.add(user, room);
            }
            Step::Remove(user, room) => {
                fixture.remove(user, room).await;
                model.remove(user, room);
            }
            Step::Delete(room) => {
                fixture.delete(room).await;
                model.delete(room);
            }
        }
    }
    for room in &model.rooms {
        let gapless: Vec<i64> = (1..=model.last_seq(*room).0).collect();
        assert_eq!(fixture.seqs(*room).await, gapless);
        assert_eq!(published.remove(room).unwrap_or_default(), gapless);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_database_does_what_the_model_says(steps in steps(20)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(steps));
    }
}

fn draft(number: u8, room: i64, content: &str) -> Draft {
    Draft {
        sender: protocol::seams::Sender { user_id: user(number), username: "somebody".into() },
        room_id: RoomId(room),
        content: content.into(),
        client_message_id: protocol::ClientMessageId::random(),
    }
}

#[tokio::test]
async fn one_draft_that_the_database_refuses_does_not_fail_the_others() {
    let fixture = Fixture::new().await;
    let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON messages WHEN NEW.content = 'bad' \
                   BEGIN SELECT RAISE(ABORT, 'refused'); END";
    fixture.db.writer.execute_unprepared(trigger).await.unwrap();
    let contents = ["a", "b", "bad", "c", "d"];
    let drafts: Vec<_> = contents.map(|content| draft(0, 1, content)).into();
    let outcome = fixture.send(&drafts).await;

    let codes: Vec<_> = outcome.answers.iter().map(|a| a.as_ref().err().map(Error::code)).collect();
    assert_eq!(codes, [None, None, Some(Code::Internal), None, None]);
    assert_eq!(fixture.seqs(RoomId(1)).await, [1, 2, 3, 4]);
    let published = outcome.events.iter().filter(|event| matches!(event, Event::Message { .. }));
    assert_eq!(published.count(), 4);
}

#[tokio::test]
async fn a_busy_database_is_tried_again() {
    let fixture = Fixture::new().await;
    let file = fixture.folder.path().join("chat.db");
    let other = Database::open_sqlite(&file).await.unwrap();
    fixture.make_impatient().await;
    let tx = other.begin().await.unwrap();
    let batch = Batch::of(vec![draft(0, 1, "refused")]);
    let refused = store(&fixture.db, Outbox::new(&MemoryBus::default()), &batch, Repeats::Unlikely).await;
    assert!(refused.is_err_and(|why| matches!(why, Failure::Undone(error) if kit::db::is_transient(&error))));

    let drafts = [draft(0, 1, "patient")];
    let (outcome, ()) = tokio::join!(fixture.send(&drafts), async { tx.commit().await.unwrap() });
    assert!(outcome.answers[0].is_ok());
}

#[tokio::test]
async fn a_database_that_stays_busy_is_unavailable_and_nothing_is_stored() {
    let fixture = Fixture::new().await;
    let other = Database::open_sqlite(&fixture.folder.path().join("chat.db")).await.unwrap();
    fixture.make_impatient().await;
    let tx = other.begin().await.unwrap();
    let outcome = fixture.send(&[draft(0, 1, "a"), draft(0, 1, "b")]).await;
    let codes: Vec<_> = outcome.answers.iter().map(|a| a.as_ref().err().map(Error::code)).collect();
    assert_eq!(codes, [Some(Code::Unavailable); 2]);
    assert!(outcome.events.is_empty());

    tx.rollback().await.unwrap();
    assert!(fixture.seqs(RoomId(1)).await.is_empty());
    assert!(fixture.send(&[draft(0, 1, "a")]).await.answers[0].is_ok());
}

#[tokio::test]
async fn a_full_batch_over_many_rooms_is_stored_in_one_go() {
    let fixture = Fixture::new().await;
    for room in 2..NEVER {
        fixture.add(user(0), RoomId(room)).await;
    }
    let drafts: Vec<_> = (0..256).map(|n| draft(0, 1 + n % (NEVER - 1), "hi")).collect();
    let outcome = fixture.send(&drafts).await;
    assert!(outcome.answers.iter().all(Result::is_ok));
    let room = rooms::Entity::find_by_id(1).one(&fixture.db.reader).await.unwrap().unwrap();
    assert_eq!((room.name.as_str(), room.last_seq), (GENERAL_NAME, 64));
}
