//! Random lives of rooms, users and connections over the whole hub, with events lost and chat away: what a client
//! was told is always consistent, and in the end it is the truth.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use proptest::prelude::*;
use protocol::UserId;

use super::*;

const USERS: usize = 3;
const ROOMS: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    Say { room: usize, is_lost: bool },
    Join { room: usize, user: usize, is_lost: bool },
    Leave { room: usize, user: usize, is_lost: bool },
    Delete { room: usize, is_lost: bool },
    Rename { room: usize, is_lost: bool },
    Read { room: usize, user: usize, is_lost: bool },
    Connect { user: usize, room: Option<usize> },
    Disconnect { nth: usize },
    Away(bool),
    Wait { ms: u64 },
}

/// What one client knows.
struct Known {
    client: Client,
    user: usize,
    is_bound: bool,
    /// The last `seq` of each room it carries: read, or heard since.
    rooms: BTreeMap<RoomId, i64>,
    /// How the rooms it carries are called: read, or told since.
    names: BTreeMap<RoomId, i64>,
    /// The last name of each that it was told.
    told: BTreeMap<RoomId, i64>,
    /// Who is in each room: read, or told since.
    members: BTreeMap<RoomId, BTreeSet<UserId>>,
    /// How far its user has read in each room: read, or told since.
    marks: BTreeMap<RoomId, i64>,
}

struct Storm {
    setup: Setup,
    users: Vec<Sender>,
    clients: Vec<Known>,
    /// Where those who left had to stop.
    stops: BTreeMap<(RoomId, UserId), i64>,
    /// Each name, and each mark of reading, is higher than the one before.
    rising: i64,
}

impl Storm {
    fn new(delay_ms_max: u64) -> Self {
        let setup = setup();
        setup.world.delay_ms_max.store(delay_ms_max, Ordering::Relaxed);
        let users: Vec<Sender> = (0..USERS).map(|n| user(&format!("user{n}"))).collect();
        for room in 0..ROOMS {
            setup.world.create(id(room), &[]);
        }
        Self { setup, users, clients: Vec::new(), stops: BTreeMap::new(), rising: 0 }
    }

    async fn step(&mut self, step: &Step) {
        let world = self.setup.world.clone();
        match *step {
            Step::Say { room, is_lost } => {
                if let Some(sender) = self.users.iter().find(|user| world.is_member(id(room), user)) {
                    world.say(id(room), sender, "hi", publish(is_lost)).await;
                }
            }
            Step::Join { room, user, is_lost } => {
                let (room, user) = (id(room), &self.users[user]);
                if world.exists(room) && !world.is_member(room, user) {
                    self.stops.remove(&(room, user.user_id));
                    world.add(room, user, publish(is_lost)).await;
                }
            }
            Step::Leave { room, user, is_lost } => {
                let (room, user) = (id(room), &self.users[user]);
                if world.is_member(room, user) {
                    let last_seq = world.remove(room, user, publish(is_lost)).await;
                    self.stops.insert((room, user.user_id), last_seq.0);
                }
            }
            Step::Delete { room, is_lost } => world.delete(id(room), publish(is_lost)).await,
            Step::Rename { room, is_lost } if world.exists(id(room)) => {
                self.rising += 1;
                world.rename(id(room), &self.rising.to_string(), publish(is_lost)).await;
            }
            Step::Read { room, user, is_lost } => {
                let (room, user) = (id(room), &self.users[user]);
                if world.is_member(room, user) {
                    self.rising += 1;
                    world.read(room, user, self.rising, publish(is_lost)).await;
                }
            }
            Step::Connect { user, room } => self.connect(user, room.map(id)).await,
            Step::Disconnect { nth } if !self.clients.is_empty() => {
                self.clients.swap_remove(nth % self.clients.len());
            }
            Step::Rename { .. } | Step::Disconnect { .. } => {}
            Step::Away(is_away) => world.set_away(is_away),
            Step::Wait { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
        }
        self.hear().await;
    }

    async fn connect(&mut self, user: usize, room: Option<RoomId>) {
        let scope = room.map_or(Scope::All, Scope::Room);
        let Ok(mut client) = self.setup.join(&self.users[user], scope, SessionId::random()).await else {
            return;
        };
        let ServerEvent::System { rooms, .. } = client.next().await else { panic!("not connected") };
        let mut known = Known {
            client,
            user,
            is_bound: room.is_some(),
            rooms: rooms.iter().map(|room| (room.room_id, room.last_seq.0)).collect(),
            names: BTreeMap::new(),
            told: BTreeMap::new(),
            members: BTreeMap::new(),
            marks: BTreeMap::new(),
        };
        for room in &rooms {
            known.read(room.room_id, &self.users[user], &self.setup.world);
        }
        self.clients.push(known);
    }

    /// Lets the hub finish what it can at this time, and checks what clients were told.
    async fn hear(&mut self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        let (world, users, stops) = (&self.setup.world, &self.users, &self.stops);
        self.clients.retain_mut(|known| {
            loop {
                match known.client.next_or_close().now_or_never() {
                    None => return true,
                    Some(Ok(event)) => known.take(&event, &users[known.user], stops, world),
                    Some(Err(close)) => {
                        assert!(known.is_bound, "{close:?}");
                        assert!([Close::REMOVED, Close::DELETED].contains(&close), "{close:?}");
                        assert!(known.rooms.is_empty(), "told before it was closed");
                        return false;
                    }
                }
            }
        });
    }

    /// Chat is back and everything under way is done.
    async fn settle(&mut self) {
        self.setup.world.set_away(false);
        self.step(&Step::Wait { ms: 5000 }).await;
        for known in &self.clients {
            let user = &self.users[known.user];
            let expected: BTreeMap<RoomId, i64> = (0..ROOMS)
                .map(id)
                .filter(|room| self.setup.world.is_member(*room, user))
                .filter(|room| !known.is_bound || known.rooms.contains_key(room))
                .map(|room| (room, self.setup.world.last_seq(room)))
                .collect();
            assert_eq!(known.rooms, expected, "what it knows is the truth");
            assert!(!known.is_bound || known.rooms.len() == 1, "who is out is closed");
            for room in known.rooms.keys() {
                let world = &self.setup.world;
                assert_eq!(known.names[room], name(world, *room), "it knows the name");
                let members = known.members.get(room);
                assert!(
                    members.is_none_or(|members| *members == world.members(*room)),
                    "it knows the members"
                );
                assert_eq!(known.marks[room], world.mark(*room, user), "it knows how far its user has read");
            }
        }
    }
}

impl Known {
    /// What a client asks for when it begins to carry a room. Who was removed again meanwhile is told nothing.
    fn read(&mut self, room: RoomId, user: &Sender, world: &World) {
        self.names.insert(room, name(world, room));
        self.members.remove(&room);
        if world.is_member(room, user) {
            self.members.insert(room, world.members(room));
        }
        self.marks.insert(room, world.mark(room, user));
    }

    fn take(
        &mut self,
        event: &ServerEvent,
        user: &Sender,
        stops: &BTreeMap<(RoomId, UserId), i64>,
        world: &World,
    ) {
        match event {
            ServerEvent::Message { room_id, message } => {
                let seq = message.seq.0;
                let last = self.rooms.get_mut(room_id).expect("it carries the room");
                assert!(seq <= *last + 1, "a gap before {seq} after {last}");
                *last = (*last).max(seq);
                if let Some(stop) = stops.get(&(*room_id, user.user_id)) {
                    assert!(seq <= *stop, "{seq} was handed to a user who left at {stop}");
                }
            }
            ServerEvent::MemberAdded { room_id, user_id, .. } if *user_id == user.user_id => {
                // It reads what is there. Of a room that is gone meanwhile nobody can tell what that was.
                let last = if world.exists(*room_id) { world.last_seq(*room_id) } else { i64::MAX - 1 };
                assert!(self.rooms.insert(*room_id, last).is_none(), "told once");
                self.read(*room_id, user, world);
            }
            ServerEvent::MemberRemoved { room_id, user_id, .. } if *user_id == user.user_id => {
                assert!(self.rooms.remove(room_id).is_some(), "told once");
            }
            ServerEvent::RoomDeleted { room_id } => {
                assert!(self.rooms.remove(room_id).is_some(), "told once");
            }
            ServerEvent::MemberAdded { room_id, user_id, .. } => {
                assert!(self.rooms.contains_key(room_id), "it carries the room");
                self.members.get_mut(room_id).map(|members| members.insert(*user_id));
            }
            ServerEvent::MemberRemoved { room_id, user_id, .. } => {
                assert!(self.rooms.contains_key(room_id), "it carries the room");
                self.members.get_mut(room_id).map(|members| members.remove(user_id));
            }
            ServerEvent::Read { room_id, seq } => {
                assert!(self.rooms.contains_key(room_id), "it carries the room");
                let mark = self.marks.entry(*room_id).or_default();
                *mark = seq.0.max(*mark);
            }
            ServerEvent::RoomUpdated { room } => {
                assert!(self.rooms.contains_key(&room.id), "it carries the room");
                let name: i64 = room.name.parse().expect("a number");
                let before = self.told.insert(room.id, name);
                assert!(before < Some(name), "{name} was told after {before:?}");
                self.names.insert(room.id, name);
            }
            event => panic!("{event:?}"),
        }
    }
}

/// Of a room that is gone nobody knows.
fn name(world: &World, room: RoomId) -> i64 {
    world.name(room).and_then(|name| name.parse().ok()).unwrap_or_default()
}

fn id(room: usize) -> RoomId {
    RoomId(i64::try_from(room).expect("few") + 1)
}

fn publish(is_lost: bool) -> Publish {
    if is_lost { Publish::Lost } else { Publish::Yes }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (room, user) = (0..ROOMS, 0..USERS);
    let is_lost = prop::bool::weighted(0.3);
    let step = prop_oneof![
        8 => (room.clone(), is_lost).prop_map(|(room, is_lost)| Step::Say { room, is_lost }),
        6 => (room.clone(), user.clone(), is_lost)
            .prop_map(|(room, user, is_lost)| Step::Join { room, user, is_lost }),
        4 => (room.clone(), user.clone(), is_lost)
            .prop_map(|(room, user, is_lost)| Step::Leave { room, user, is_lost }),
        1 => (room.clone(), is_lost).prop_map(|(room, is_lost)| Step::Delete { room, is_lost }),
        2 => (room.clone(), is_lost).prop_map(|(room, is_lost)| Step::Rename { room, is_lost }),
        3 => (room.clone(), user.clone(), is_lost)
            .prop_map(|(room, user, is_lost)| Step::Read { room, user, is_lost }),
        4 => (user, prop::option::weighted(0.4, room)).prop_map(|(user, room)| Step::Connect { user, room }),
        1 => (0..10_usize).prop_map(|nth| Step::Disconnect { nth }),
        1 => prop::bool::weighted(0.3).prop_map(Step::Away),
        3 => (0..2000_u64).prop_map(|ms| Step::Wait { ms }),
    ];
    prop::collection::vec(step, 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_clients_are_told_is_consistent_and_becomes_the_truth(steps in steps(), delay_ms_max in 0..400_u64) {
        live(&steps, delay_ms_max);
    }
}

/// Found above: the rooms of the user were read before the removal, which came without its event.
#[test]
fn a_read_from_before_a_removal_does_not_bring_the_room_back() {
    let (room, user, is_lost) = (1, 2, false);
    let steps = [
        Step::Connect { user: 0, room: None },
        Step::Connect { user, room: None },
        Step::Join { room, user, is_lost },
        Step::Connect { user, room: None },
        Step::Leave { room, user, is_lost: true },
        Step::Join { room, user: 0, is_lost },
        Step::Connect { user: 0, room: None },
        Step::Join { room, user, is_lost },
    ];
    // So that the read ends after the removal is known, and begins before it.
    let storm = live(&steps, 141);
    assert!(storm.clients.iter().all(|known| known.members.contains_key(&id(room))), "added when it was in");
}

fn live(steps: &[Step], delay_ms_max: u64) -> Storm {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let mut storm = Storm::new(delay_ms_max);
        for step in steps {
            storm.step(step).await;
        }
        storm.settle().await;
        storm
    })
}
