//! The hub over the model of chat, on a paused clock.

use std::{collections::VecDeque, future::Future, sync::Arc, time::Duration};

use fanout::{Bus, Event};
use futures::FutureExt;
use kit::{config::Secret, jwt::Tokens, revocations::Revocations, shutdown::Tasks};
use protocol::{RoomId, Seq, ServerEvent, SessionId, seams::Sender};
use tokio::time::{Instant, timeout};

use crate::{
    Config, Realtime, Rooms, Stats,
    closes::Close,
    frames::Frame,
    hub::{Peer, Scope},
    sinks::FRAMES_MAX,
    socket::connect::{Connected, connect},
};
use world::{Publish, World, user};

#[expect(dead_code, reason = "the tests over connections use the rest of it")]
#[path = "../../tests/it/world.rs"]
mod world;

const ONE: RoomId = RoomId(1);
const TWO: RoomId = RoomId(2);
/// Contract, rule 7.
const HEALED_WITHIN: Duration = Duration::from_secs(5);

struct Setup {
    world: Arc<World>,
    realtime: Realtime,
    revocations: Revocations,
    _tasks: Tasks,
}

struct Client {
    connected: Connected,
    frames: VecDeque<Frame>,
    close: Option<Close>,
}

fn setup() -> Setup {
    setup_with(Config::default())
}

fn setup_with(config: Config) -> Setup {
    let world = Arc::new(World::default());
    let revocations = Revocations::new(Duration::from_secs(900));
    let tokens = Tokens::new(&Secret::new("0123456789abcdef0123456789abcdef"), revocations.clone());
    let tasks = Tasks::default();
    let realtime = Realtime::start_with(config, world.clone(), &world.bus, tokens, &tasks);
    Setup { world, realtime, revocations, _tasks: tasks }
}

impl Setup {
    async fn join(&self, user: &Sender, scope: Scope, session: SessionId) -> Result<Client, Close> {
        let connected = connect(&self.realtime, Ok(Peer { user: user.clone(), session, scope })).await?;
        Ok(Client { connected, frames: VecDeque::new(), close: None })
    }

    /// A connection that was told `connected`, with the rooms and positions that it was told.
    async fn connect(&self, user: &Sender, scope: Scope) -> (Client, Vec<(i64, i64)>) {
        let mut client = self.join(user, scope, SessionId::random()).await.expect("let in");
        match client.next().await {
            ServerEvent::System { rooms, user_id, .. } if user_id == user.user_id => {
                (client, rooms.iter().map(|room| (room.room_id.0, room.last_seq.0)).collect())
            }
            event => panic!("not connected: {event:?}"),
        }
    }

    async fn follow(&self, user: &Sender) -> Client {
        self.connect(user, Scope::All).await.0
    }

    async fn stats(&self, expected: Stats) {
        let reached = async {
            while self.realtime.stats() != expected {
                tokio::task::yield_now().await;
            }
        };
        assert!(timeout(HEALED_WITHIN, reached).await.is_ok(), "{:?}", self.realtime.stats());
    }
}

impl Client {
    async fn next(&mut self) -> ServerEvent {
        match timeout(Duration::from_secs(60), self.next_or_close()).await {
            Ok(Ok(event)) => event,
            other => panic!("no event but {other:?}"),
        }
    }

    async fn next_or_close(&mut self) -> Result<ServerEvent, Close> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return Ok(frame.event());
            }
            if let Some(close) = self.close {
                return Err(close);
            }
            (self.frames, self.close) = self.connected.outbox.take().await;
        }
    }

    /// The `seq` and content of the next event, which is a message.
    async fn message(&mut self) -> (i64, String) {
        match self.next().await {
            ServerEvent::Message { message, .. } => (message.seq.0, message.content),
            event => panic!("no message but {event:?}"),
        }
    }

    async fn closed(&mut self) -> Close {
        let closed = async {
            loop {
                if let Err(close) = self.next_or_close().await {
                    return close;
                }
            }
        };
        timeout(Duration::from_secs(60), closed).await.expect("never closed")
    }

    async fn added(&mut self, room: RoomId, user: &Sender) {
        let expected = ServerEvent::MemberAdded {
            room_id: room,
            user_id: user.user_id,
            username: user.username.clone(),
        };
        assert_eq!(self.next().await, expected);
    }

    async fn removed(&mut self, room: RoomId, user: &Sender) {
        let expected = ServerEvent::MemberRemoved {
            room_id: room,
            user_id: user.user_id,
            username: user.username.clone(),
        };
        assert_eq!(self.next().await, expected);
    }

    fn has_nothing(&mut self) -> bool {
        self.frames.is_empty() && self.next_or_close().now_or_never().is_none()
    }
}

async fn heals<T>(healing: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let healed = healing.await;
    assert!(begun.elapsed() <= HEALED_WITHIN, "took {:?}", begun.elapsed());
    healed
}

#[tokio::test(start_paused = true)]
async fn members_hear_a_room_in_order_and_others_hear_nothing() {
    let setup = setup();
    let (ann, bob, eve) = (user("ann"), user("bob"), user("eve"));
    setup.world.create(ONE, &[&ann, &bob]);
    setup.world.create(TWO, &[&eve]);
    setup.world.say(ONE, &ann, "before", Publish::Yes).await;
    let (mut ann_all, rooms) = setup.connect(&ann, Scope::All).await;
    assert_eq!(rooms, [(1, 1)]);
    let (mut bob_one, rooms) = setup.connect(&bob, Scope::Room(ONE)).await;
    assert_eq!(rooms, [(1, 1)]);
    let mut eve_all = setup.follow(&eve).await;
    for n in 2..20 {
        setup.world.say(ONE, &bob, &n.to_string(), Publish::Yes).await;
    }
    setup.world.say(TWO, &eve, "mine", Publish::Yes).await;
    for n in 2..20 {
        assert_eq!(ann_all.message().await, (n, n.to_string()));
        assert_eq!(bob_one.message().await, (n, n.to_string()));
    }
    assert_eq!(eve_all.message().await, (1, "mine".into()));
    assert!(eve_all.has_nothing() && ann_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn who_may_not_read_a_room_is_not_let_in() {
    let setup = setup();
    let (ann, eve) = (user("ann"), user("eve"));
    setup.world.create(ONE, &[&ann]);
    assert!(setup.join(&ann, Scope::Room(ONE), SessionId::random()).await.is_ok());
    for room in [ONE, TWO] {
        let refused = setup.join(&eve, Scope::Room(room), SessionId::random()).await;
        assert_eq!(refused.err(), Some(Close::NOT_FOUND));
    }
    setup.world.set_away(true);
    for scope in [Scope::Room(ONE), Scope::All] {
        let refused = setup.join(&ann, scope, SessionId::random()).await;
        assert_eq!(refused.err(), Some(Close::RESUME));
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_last_message_arrives_within_five_seconds() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    setup.world.say(ONE, &ann, "lost", Publish::Lost).await;
    assert_eq!(heals(client.message()).await, (1, "lost".into()));
}

#[tokio::test(start_paused = true)]
async fn a_gap_is_filled_as_soon_as_the_next_message_shows_it() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    // More than one page.
    for n in 1..=250 {
        setup.world.say(ONE, &ann, &n.to_string(), Publish::Lost).await;
    }
    let begun = Instant::now();
    setup.world.say(ONE, &ann, "251", Publish::Yes).await;
    for n in 1..=251 {
        assert_eq!(client.message().await, (n, n.to_string()));
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn events_that_overtake_each_other_or_come_twice_change_nothing() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    let events: Vec<Event> = (1..=5).map(|n| setup.world.commit(ONE, &ann, &n.to_string())).collect();
    for n in [2, 0, 0, 4, 1, 3, 2, 4] {
        setup.world.publish(vec![events[n].clone()], Publish::Yes).await;
    }
    for n in 1..=5 {
        assert_eq!(client.message().await, (n, n.to_string()));
    }
    assert!(client.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn what_was_lost_while_chat_was_away_arrives_within_five_seconds_of_its_return() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    setup.world.say(ONE, &ann, "1", Publish::Lost).await;
    setup.world.set_away(true);
    setup.world.publish(vec![setup.world.commit(ONE, &ann, "2")], Publish::Yes).await;
    tokio::time::advance(Duration::from_secs(60)).await;
    assert!(client.has_nothing());
    setup.world.set_away(false);
    let both = async { [client.message().await.0, client.message().await.0] };
    assert_eq!(heals(both).await, [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_room_holds_up_no_other() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[&ann]);
    let mut client = setup.follow(&ann).await;
    let gate = setup.world.slow_down(ONE);
    setup.world.say(ONE, &ann, "lost", Publish::Lost).await;
    setup.world.say(ONE, &ann, "held", Publish::Yes).await;
    setup.world.say(TWO, &ann, "quick", Publish::Yes).await;
    assert_eq!(client.message().await, (1, "quick".into()));
    assert!(client.has_nothing());
    gate.send_replace(true);
    assert_eq!(heals(client.message()).await, (1, "lost".into()));
    assert_eq!(client.message().await, (2, "held".into()));
}

#[tokio::test(start_paused = true)]
async fn everything_is_compared_at_once_after_events_were_missed() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[&ann]);
    let mut client = setup.follow(&ann).await;
    let old = setup.world.commit(ONE, &ann, "old");
    setup.world.publish(vec![old.clone()], Publish::Yes).await;
    assert_eq!(client.message().await, (1, "old".into()));
    // More than the bus keeps for a listener: what follows is lost.
    setup.world.publish(vec![old; 17_000], Publish::Yes).await;
    setup.world.say(ONE, &ann, "lost", Publish::Yes).await;
    setup.world.say(TWO, &ann, "lost", Publish::Yes).await;
    let begun = Instant::now();
    let mut seqs = [client.message().await.0, client.message().await.0];
    seqs.sort_unstable();
    assert_eq!(seqs, [1, 2]);
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_removed_member_hears_nothing_more_and_is_told_once() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    setup.world.create(TWO, &[&bob]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    let (mut bob_one, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.world.say(ONE, &ann, "1", Publish::Yes).await;
    assert_eq!(setup.world.remove(ONE, &bob, Publish::Yes).await, Seq(1));
    setup.world.say(ONE, &ann, "2", Publish::Yes).await;
    setup.world.say(TWO, &bob, "marker", Publish::Yes).await;
    for client in [&mut bob_all, &mut bob_one] {
        assert_eq!(client.message().await, (1, "1".into()));
        client.removed(ONE, &bob).await;
    }
    assert_eq!(bob_all.message().await, (1, "marker".into()));
    assert_eq!(bob_one.next_or_close().await, Err(Close::REMOVED));
    assert_eq!(ann_all.message().await, (1, "1".into()));
    ann_all.removed(ONE, &bob).await;
    assert_eq!(ann_all.message().await, (2, "2".into()));
}

#[tokio::test(start_paused = true)]
async fn a_removal_whose_event_is_lost_holds_from_the_next_message_on() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    let (mut bob_one, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.world.remove(ONE, &bob, Publish::Lost).await;
    setup.world.say(ONE, &ann, "secret", Publish::Yes).await;
    assert_eq!(ann_all.message().await, (1, "secret".into()));
    bob_all.removed(ONE, &bob).await;
    bob_one.removed(ONE, &bob).await;
    assert_eq!(bob_one.next_or_close().await, Err(Close::REMOVED));
    assert!(bob_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn a_removal_holds_for_messages_that_only_a_repair_brings() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    setup.world.remove(ONE, &bob, Publish::Lost).await;
    setup.world.say(ONE, &ann, "secret", Publish::Lost).await;
    let told = async {
        assert_eq!(ann_all.message().await, (1, "secret".into()));
        bob_all.removed(ONE, &bob).await;
    };
    heals(told).await;
    assert!(bob_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn lost_joins_and_leaves_are_followed_within_five_seconds() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[&ann]);
    let mut ann_all = setup.follow(&ann).await;
    let (mut bob_all, rooms) = setup.connect(&bob, Scope::All).await;
    assert_eq!(rooms, []);
    setup.world.add(ONE, &bob, Publish::Lost).await;
    heals(bob_all.added(ONE, &bob)).await;
    setup.world.say(ONE, &ann, "hello", Publish::Yes).await;
    assert_eq!(bob_all.message().await, (1, "hello".into()));
    setup.world.remove(ONE, &bob, Publish::Lost).await;
    heals(bob_all.removed(ONE, &bob)).await;
    setup.world.say(ONE, &ann, "alone", Publish::Yes).await;
    for expected in ["hello", "alone"] {
        assert_eq!(ann_all.message().await.1, expected);
    }
    assert!(bob_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn an_all_rooms_connection_follows_joins_to_rooms_that_are_live_and_that_are_not() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    setup.world.add(ONE, &bob, Publish::Yes).await;
    bob_all.added(ONE, &bob).await;
    ann_all.added(ONE, &bob).await;
    setup.world.add(TWO, &bob, Publish::Yes).await;
    bob_all.added(TWO, &bob).await;
    setup.world.say(TWO, &bob, "here", Publish::Yes).await;
    setup.world.say(ONE, &bob, "there", Publish::Yes).await;
    assert_eq!(bob_all.message().await, (1, "here".into()));
    assert_eq!(bob_all.message().await, (1, "there".into()));
    assert_eq!(ann_all.message().await, (1, "there".into()));
    assert!(bob_all.has_nothing() && ann_all.has_nothing());
}

#[tokio::test(start_paused = true)]
async fn who_leaves_and_comes_back_hears_the_room_again() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let _ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    for round in 0..5 {
        setup.world.remove(ONE, &bob, Publish::Yes).await;
        setup.world.say(ONE, &ann, "away", Publish::Yes).await;
        setup.world.add(ONE, &bob, Publish::Yes).await;
        setup.world.say(ONE, &ann, "back", Publish::Yes).await;
        bob_all.removed(ONE, &bob).await;
        bob_all.added(ONE, &bob).await;
        assert_eq!(bob_all.message().await, (2 * round + 2, "back".into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_connection_hears_nothing_twice_and_the_first_nothing_new() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    setup.world.create(TWO, &[&ann]);
    let mut first = setup.follow(&ann).await;
    let (mut second, rooms) = setup.connect(&ann, Scope::All).await;
    assert_eq!(rooms, [(1, 0), (2, 0)]);
    let (mut third, _) = setup.connect(&ann, Scope::Room(TWO)).await;
    setup.world.read(ONE, &ann, 0).await;
    setup.world.read(TWO, &ann, 0).await;
    setup.world.update(TWO, "new name").await;
    setup.world.say(TWO, &ann, "hi", Publish::Yes).await;
    for client in [&mut first, &mut second] {
        assert_eq!(client.next().await, ServerEvent::Read { room_id: ONE, seq: Seq(0) });
    }
    for client in [&mut first, &mut second, &mut third] {
        assert_eq!(client.next().await, ServerEvent::Read { room_id: TWO, seq: Seq(0) });
        assert!(matches!(client.next().await, ServerEvent::RoomUpdated { room } if room.name == "new name"));
        assert_eq!(client.message().await, (1, "hi".into()));
        assert!(client.has_nothing());
    }
}

#[tokio::test(start_paused = true)]
async fn a_deleted_room_is_told_and_ends_its_one_room_connections() {
    for publish in [Publish::Yes, Publish::Lost] {
        let setup = setup();
        let ann = user("ann");
        setup.world.create(ONE, &[&ann]);
        setup.world.create(TWO, &[&ann]);
        let mut all = setup.follow(&ann).await;
        let (mut one, _) = setup.connect(&ann, Scope::Room(ONE)).await;
        setup.world.delete(ONE, publish).await;
        let told = async {
            for client in [&mut all, &mut one] {
                assert_eq!(client.next().await, ServerEvent::RoomDeleted { room_id: ONE });
            }
            assert_eq!(one.next_or_close().await, Err(Close::DELETED));
        };
        heals(told).await;
        setup.world.say(TWO, &ann, "still here", Publish::Yes).await;
        assert_eq!(all.message().await, (1, "still here".into()));
        setup.stats(Stats { connections: 1, users: 1, rooms: 1 }).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_does_not_read_is_closed_and_holds_up_nobody() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    let mut ann_all = setup.follow(&ann).await;
    let mut bob_all = setup.follow(&bob).await;
    let count = i64::try_from(FRAMES_MAX).unwrap() + 10;
    for n in 1..=count {
        setup.world.say(ONE, &ann, "flood", Publish::Yes).await;
        assert_eq!(ann_all.message().await.0, n);
    }
    setup.stats(Stats { connections: 1, users: 1, rooms: 1 }).await;
    assert_eq!(bob_all.next_or_close().await, Err(Close::RESUME));
}

#[tokio::test(start_paused = true)]
async fn an_ended_session_is_closed_whether_it_is_open_or_about_to_be() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let (ended, lives) = (SessionId::random(), SessionId::random());
    let mut first = setup.join(&ann, Scope::All, ended).await.expect("let in");
    let mut other = setup.join(&ann, Scope::All, lives).await.expect("let in");
    setup.revocations.add_now(&[ended]);
    setup.realtime.revoke(&[ended]);
    assert_eq!(first.closed().await, Close::REVOKED);
    // Its token was looked at before.
    let closed = match setup.join(&ann, Scope::All, ended).await {
        Ok(mut late) => late.next_or_close().await.expect_err("not connected"),
        Err(close) => close,
    };
    assert_eq!(closed, Close::REVOKED);
    setup.world.say(ONE, &ann, "on", Publish::Yes).await;
    assert!(matches!(other.next().await, ServerEvent::System { .. }));
    assert_eq!(other.message().await, (1, "on".into()));
}

#[tokio::test(start_paused = true)]
async fn who_leaves_is_forgotten_with_everything_that_was_listened_to() {
    let setup = setup();
    let (ann, bob) = (user("ann"), user("bob"));
    setup.world.create(ONE, &[&ann, &bob]);
    setup.world.create(TWO, &[&ann]);
    let first = setup.follow(&ann).await;
    let (second, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.stats(Stats { connections: 2, users: 2, rooms: 2 }).await;
    drop(first);
    setup.stats(Stats { connections: 1, users: 1, rooms: 1 }).await;
    drop(second);
    setup.stats(Stats::default()).await;
    // And back.
    let (mut client, _) = setup.connect(&bob, Scope::Room(ONE)).await;
    setup.world.say(ONE, &ann, "again", Publish::Yes).await;
    assert_eq!(client.message().await, (1, "again".into()));
}

#[tokio::test(start_paused = true)]
async fn many_who_come_at_once_are_read_together() {
    let setup = setup();
    let users: Vec<Sender> = (0..500).map(|n| user(&format!("user{n}"))).collect();
    setup.world.create(ONE, &users.iter().collect::<Vec<_>>());
    let clients = futures::future::join_all(users.iter().map(|user| setup.follow(user))).await;
    assert_eq!(clients.len(), 500);
    let lookups = setup.world.lookups.load(std::sync::atomic::Ordering::Relaxed);
    assert!(lookups <= 40, "{lookups} reads for 500 users");
}

#[tokio::test(start_paused = true)]
async fn more_than_there_is_room_for_are_told_to_come_back() {
    let setup = setup_with(Config { connections_max: 1, ..Config::default() });
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let first = setup.follow(&ann).await;
    let refused = setup.join(&ann, Scope::All, SessionId::random()).await;
    assert_eq!(refused.err(), Some(Close::RESUME));
    drop(first);
    setup.stats(Stats::default()).await;
    setup.follow(&ann).await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_closes_what_is_open_and_what_still_comes() {
    let setup = setup();
    let ann = user("ann");
    setup.world.create(ONE, &[&ann]);
    let mut client = setup.follow(&ann).await;
    setup.realtime.close_all().await;
    assert_eq!(client.closed().await, Close::RESTART);
    let refused = setup.join(&ann, Scope::All, SessionId::random()).await;
    assert_eq!(refused.err(), Some(Close::RESTART));
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_everything_leaves_every_member_with_the_whole_log() {
    let setup = setup();
    let users: Vec<Sender> = (0..6).map(|n| user(&format!("user{n}"))).collect();
    let everybody: Vec<&Sender> = users.iter().collect();
    setup.world.create(ONE, &everybody);
    let mut clients = Vec::new();
    for user in &users {
        clients.push(setup.follow(user).await);
    }
    // Every third publication is lost, every fifth one comes twice, and pairs change places.
    let mut late = None;
    for n in 1..=200_u64 {
        let event = setup.world.commit(ONE, &users[0], &n.to_string());
        match n % 15 {
            0 | 3 | 6 | 9 | 12 => {}
            5 | 10 => setup.world.bus.publish(vec![event.clone(), event]).await,
            7 => late = Some(event),
            8 => setup.world.bus.publish(std::iter::once(event).chain(late.take()).collect()).await,
            _ => setup.world.bus.publish(vec![event]).await,
        }
        if n % 20 == 0 {
            for client in &mut clients {
                for _ in 0..20 {
                    client.message().await;
                }
            }
        }
    }
    for client in &mut clients {
        assert!(client.has_nothing());
    }
}
