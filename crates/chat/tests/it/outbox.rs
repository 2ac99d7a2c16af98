//! Events that are committed with what they are about, for a bus behind which nobody compares.

use std::sync::Arc;

use async_trait::async_trait;
use chat::{Chat, messages};
use fanout::{Bus, Deliveries, Event, Interest, MemoryBus, Topic};
use kit::{config::Secret, jwt::Tokens, revocations::Revocations, shutdown::Tasks};
use protocol::{ClientMessageId, RoomId, Timestamp, seams::Draft};
use sea_orm::{ConnectionTrait, Statement};

use crate::app::{PATIENCE, TestApp, TestUser, unlimited};

/// Says that everything was told until then, and keeps to itself what is published if it is to crash.
struct KeepingBus {
    local: MemoryBus,
    told_until: Timestamp,
    is_crashing: bool,
}

#[async_trait]
impl Bus for KeepingBus {
    async fn publish(&self, events: Vec<Event>) {
        if !self.is_crashing {
            self.local.publish(events).await;
        }
    }

    fn told_until(&self) -> Option<Timestamp> {
        Some(self.told_until)
    }

    fn subscribe(&self) -> (Box<dyn Interest>, Box<dyn Deliveries>) {
        self.local.subscribe()
    }
}

/// Another process on the same database, with that bus.
async fn beside(app: &TestApp, told_until: Timestamp, is_crashing: bool) -> (Chat, MemoryBus, Tasks) {
    let (local, tasks) = (MemoryBus::default(), Tasks::default());
    let secret = Secret::new("0123456789abcdef0123456789abcdef");
    let tokens = Tokens::new(&secret, Revocations::new(std::time::Duration::from_secs(900)));
    let bus = Arc::new(KeepingBus { local: local.clone(), told_until, is_crashing });
    let accounts = app.accounts.clone();
    let chat = Chat::start(app.db.clone(), tokens, bus, accounts, unlimited(), &tasks).await.unwrap();
    (chat, local, tasks)
}

async fn send(chat: &Chat, user: &TestUser, room: RoomId) {
    let sender = protocol::seams::Sender { user_id: user.id, username: user.username.clone() };
    let draft =
        Draft { sender, room_id: room, content: "hi".into(), client_message_id: ClientMessageId::random() };
    messages::send(chat, vec![draft]).await.pop().unwrap().unwrap();
}

async fn kept(app: &TestApp) -> i64 {
    let backend = app.db.reader.get_database_backend();
    let count = Statement::from_string(backend, "SELECT COUNT(*) FROM outbox");
    app.db.reader.query_one_raw(count).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

async fn a_minute_later(app: &TestApp) {
    was_written(app, "- 60000").await;
}

/// By a clock that differed by so many milliseconds.
async fn was_written(app: &TestApp, difference: &str) {
    let update = format!("UPDATE outbox SET written_at = written_at {difference}");
    app.db.writer.execute_unprepared(&update).await.unwrap();
}

#[tokio::test]
async fn what_a_crash_left_untold_is_published_by_whoever_looks_next() {
    is_published_by_whoever_looks_next("- 60000").await;
}

#[tokio::test]
async fn what_a_crash_left_untold_is_published_soon_even_if_the_clock_was_an_hour_ahead() {
    is_published_by_whoever_looks_next("+ 3600000").await;
}

async fn is_published_by_whoever_looks_next(difference: &str) {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let general = alice.general().await.room.id;
    let (crashing, _, tasks) = beside(&app, Timestamp(0), true).await;
    send(&crashing, &alice, general).await;
    assert_eq!(kept(&app).await, 1);
    assert!(tasks.stop(PATIENCE).await);

    was_written(&app, difference).await;
    let (_next, bus, tasks) = beside(&app, Timestamp(0), false).await;
    let (interest, mut deliveries) = bus.subscribe();
    interest.listen(&[Topic::Room(general)]).await;
    let heard = tokio::time::timeout(PATIENCE, deliveries.next()).await.unwrap().unwrap();
    let fanout::Delivery::Event(_, event) = heard else { panic!("{heard:?}") };
    assert!(matches!(&*event, Event::Message { message, .. } if message.content == "hi"), "{event:?}");
    assert_eq!(kept(&app).await, 1, "until it is told");
    assert!(tasks.stop(PATIENCE).await);
}

#[tokio::test]
async fn what_was_told_is_forgotten() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let general = alice.general().await.room.id;
    let (chat, _, _tasks) = beside(&app, Timestamp::now(), false).await;
    send(&chat, &alice, general).await;
    assert_eq!(kept(&app).await, 1);
    a_minute_later(&app).await;
    tokio::time::timeout(PATIENCE, async {
        let mut rhythm = tokio::time::interval(std::time::Duration::from_millis(50));
        while kept(&app).await > 0 {
            rhythm.tick().await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn nothing_is_kept_where_listeners_compare() {
    let app = TestApp::start().await;
    let alice = app.user("alice");
    let general = alice.general().await.room.id;
    send(&app.chat, &alice, general).await;
    assert_eq!(kept(&app).await, 0);
}
