//! Random lives of rooms, users, connections and nodes over whole hubs, with events lost, late, doubled and reordered, chat
//! and the bus away, nodes that end and begin, and clients that do not read: what a client was told is always consistent,
//! and in the end it is the truth.

mod clients;
mod nodes;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::BoxFuture;
use proptest::prelude::*;
use protocol::{UserId, events::RoomPosition};

use super::*;
use clients::{Known, Memory};
use nodes::Node;
use steps::{NODES, ROOMS, Step, USERS, Way, Ways, steps};

/// More than a backlog takes.
const FLOOD: usize = 300;

struct Storm {
    nodes: Vec<Node>,
    clients: Vec<Known>,
    connecting: Vec<Connecting>,
    connects: usize,
    /// Clients that come back once the storm is over.
    homeless: Vec<Memory>,
    has_flooded: bool,
    truth: Truth,
}

/// What the clients are held against.
struct Truth {
    world: Arc<World>,
    people: Vec<Person>,
    /// Those that are not deleted.
    rooms: Vec<RoomId>,
    rooms_made: i64,
    /// Where those who left had to stop.
    stops: BTreeMap<(RoomId, UserId), i64>,
    /// Who ever left.
    left: BTreeSet<(RoomId, UserId)>,
    revoked: Vec<SessionId>,
    /// Each name, and each mark of reading, is higher than the one before.
    rising: i64,
}

struct Person {
    sender: Sender,
    sessions: [SessionId; 2],
}

/// A client that was not told `connected` yet.
struct Connecting {
    id: usize,
    node: usize,
    memory: Memory,
    joined: BoxFuture<'static, Result<(Client, Vec<RoomPosition>), Close>>,
}

impl Storm {
    fn new(delay_ms_max: u64) -> Self {
        let world = Arc::new(World::default());
        world.delay_ms_max.store(delay_ms_max, std::sync::atomic::Ordering::Relaxed);
        let mut truth = Truth {
            world: world.clone(),
            people: Vec::new(),
            rooms: Vec::new(),
            rooms_made: 0,
            stops: BTreeMap::new(),
            left: BTreeSet::new(),
            revoked: Vec::new(),
            rising: 0,
        };
        truth.people = (0..USERS).map(|_| truth.person()).collect();
        truth.rooms = (0..ROOMS).map(|_| truth.room()).collect();
        Self {
            nodes: (0..NODES).map(|_| Node::start(&world, &[])).collect(),
            clients: Vec::new(),
            connecting: Vec::new(),
            connects: 0,
            homeless: Vec::new(),
            has_flooded: false,
            truth,
        }
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Say { room, ways } => self.say(room, ways).await,
            Step::Flood { room } => {
                self.has_flooded = true;
                for nth in 1..=FLOOD {
                    self.say(room, [Way::Now; NODES]).await;
                    if nth % 100 == 0 {
                        self.hear().await;
                    }
                }
            }
            Step::Erase { user, ways } => {
                for room in self.truth.rooms.clone() {
                    self.truth.leave(room, user).await;
                    self.tell(ways).await;
                }
                self.revoke(user, &[0, 1]);
                self.truth.people[user] = self.truth.person();
            }
            Step::Revoke { user, session } => self.revoke(user, &[session]),
            Step::Connect { node, user, session, room, is_awaited } => {
                let person = &self.truth.people[user];
                let room = room.map(|room| self.truth.rooms[room]);
                let memory = Memory::new(person.sender.clone(), person.sessions[session], room);
                let id = self.connect(node, memory);
                while is_awaited && self.connecting.iter().any(|connecting| connecting.id == id) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    self.let_in();
                }
            }
            Step::Disconnect { nth } if !self.clients.is_empty() => {
                self.clients.swap_remove(nth % self.clients.len());
            }
            Step::Stall { nth } if !self.clients.is_empty() => {
                let nth = nth % self.clients.len();
                self.clients[nth].is_stalled = true;
            }
            Step::Disconnect { .. } | Step::Stall { .. } => {}
            Step::Arrive { node, nth } => self.nodes[node].arrive(nth).await,
            Step::Cut { node, is_cut } => self.nodes[node].cut(is_cut),
            Step::Restart { node, is_killed } => self.restart(node, is_killed).await,
            Step::Away(is_away) => self.truth.world.set_away(is_away),
            Step::Wait { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
            Step::Join { .. }
            | Step::Leave { .. }
            | Step::Delete { .. }
            | Step::Rename { .. }
            | Step::Read { .. } => {
                let ways = self.truth.change(step).await;
                self.tell(ways).await;
            }
        }
        self.hear().await;
    }

    async fn say(&mut self, room: usize, ways: Ways) {
        let Truth { world, people, rooms, .. } = &self.truth;
        let room = rooms[room];
        if let Some(person) = people.iter().find(|person| world.is_member(room, &person.sender)) {
            world.say(room, &person.sender, "hi", Publish::Held).await;
        }
        self.tell(ways).await;
    }

    /// What was committed is on its way to the nodes.
    async fn tell(&mut self, ways: Ways) {
        for event in self.truth.world.take_held() {
            for (node, way) in self.nodes.iter_mut().zip(ways) {
                node.tell(&event, way).await;
            }
        }
    }

    fn revoke(&mut self, user: usize, which: &[usize]) {
        for session in which {
            let session =
                std::mem::replace(&mut self.truth.people[user].sessions[*session], SessionId::random());
            self.truth.revoked.push(session);
            for node in &self.nodes {
                node.revoke(session);
            }
        }
    }

    async fn restart(&mut self, nth: usize, is_killed: bool) {
        let node = Node::start(&self.truth.world, &self.truth.revoked);
        let before = std::mem::replace(&mut self.nodes[nth], node);
        if !is_killed {
            before.setup.realtime.close_all().await;
        }
        let (gone, others) =
            std::mem::take(&mut self.clients).into_iter().partition(|known| known.node == nth);
        self.clients = others;
        for mut known in gone {
            let has_ended = !is_killed && !known.is_stalled;
            let close = if has_ended { known.hear(&self.truth) } else { None };
            assert!(!has_ended || close.is_some(), "told that the node ends");
            if close.is_none_or(|close| [Close::RESTART, Close::RESUME].contains(&close)) {
                self.connect(1 - nth, known.memory());
            }
        }
        for connecting in self.connecting.extract_if(.., |connecting| connecting.node == nth) {
            self.homeless.push(connecting.memory);
        }
        before.end().await;
    }

    fn connect(&mut self, node: usize, memory: Memory) -> usize {
        let realtime = self.nodes[node].setup.realtime.clone();
        let peer = memory.peer();
        let joined = async move {
            let mut client = Client::of(connect(&realtime, Ok(peer)).await?);
            match client.next_or_close().await? {
                ServerEvent::System { rooms, .. } => Ok((client, rooms)),
                event => panic!("not connected: {event:?}"),
            }
        };
        self.connects += 1;
        self.connecting.push(Connecting { id: self.connects, node, memory, joined: joined.boxed() });
        self.connects
    }

    /// Whoever is told `connected` reads what there is.
    fn let_in(&mut self) {
        let mut connecting = std::mem::take(&mut self.connecting);
        connecting.retain_mut(|Connecting { node, memory, joined, .. }| {
            let Some(joined) = joined.now_or_never() else { return true };
            match joined {
                Ok((client, positions)) => {
                    self.clients.push(Known::begin(client, *node, memory, &positions, &self.truth));
                }
                Err(Close::RESUME) => self.homeless.push(memory.clone()),
                Err(Close::REVOKED) => assert!(self.truth.revoked.contains(&memory.session)),
                Err(close) => {
                    assert!([Close::NOT_FOUND, Close::REMOVED, Close::DELETED].contains(&close), "{close:?}");
                    assert!(memory.room.is_some(), "nobody is refused all rooms");
                }
            }
            false
        });
        self.connecting.extend(connecting);
    }

    /// Lets the hubs finish what they can at this time, and checks what clients were told.
    async fn hear(&mut self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        self.let_in();
        let (truth, homeless, has_flooded) = (&self.truth, &mut self.homeless, self.has_flooded);
        self.clients.retain_mut(|known| {
            if known.is_stalled {
                return true;
            }
            let Some(close) = known.hear(truth) else { return true };
            if close == Close::RESUME {
                assert!(has_flooded, "it reads");
                homeless.push(known.memory());
            }
            false
        });
    }

    /// All is well again, and everything under way is done. What was not heard by then is lost.
    async fn settle(&mut self) {
        self.truth.world.set_away(false);
        for node in &mut self.nodes {
            node.under_way.clear();
            node.cut(false);
        }
        for known in &mut self.clients {
            known.is_stalled = false;
        }
        for round in 0..300 {
            self.hear().await;
            for (nth, memory) in std::mem::take(&mut self.homeless).into_iter().enumerate() {
                self.connect(nth % NODES, memory);
            }
            // 5 seconds, and what slow reads add.
            if round >= 160 && self.connecting.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(self.connecting.is_empty(), "everybody is let in");
        self.hear().await;
        for known in &self.clients {
            known.settled(&self.truth);
        }
    }
}

impl Truth {
    fn person(&mut self) -> Person {
        self.rising += 1;
        let sessions = [SessionId::random(), SessionId::random()];
        Person { sender: user(&self.rising.to_string()), sessions }
    }

    /// A new one: ids are never used twice.
    fn room(&mut self) -> RoomId {
        self.rooms_made += 1;
        let room = RoomId(self.rooms_made);
        self.world.create(room, &[]);
        room
    }

    /// Whoever joins or leaves was renamed before: so each change can be told from the others.
    fn renamed(&mut self, user: usize) -> Sender {
        self.rising += 1;
        let person = &mut self.people[user];
        person.sender.username = self.rising.to_string();
        person.sender.clone()
    }

    async fn leave(&mut self, room: RoomId, user: usize) {
        if self.world.is_member(room, &self.people[user].sender) {
            let sender = self.renamed(user);
            let last_seq = self.world.remove(room, &sender, Publish::Held).await;
            self.stops.insert((room, sender.user_id), last_seq.0);
            self.left.insert((room, sender.user_id));
        }
    }

    /// Commits; returns how the news is to be told.
    async fn change(&mut self, step: &Step) -> Ways {
        let world = self.world.clone();
        match *step {
            Step::Join { room, user, ways } => {
                let room = self.rooms[room];
                if !world.is_member(room, &self.people[user].sender) {
                    let sender = self.renamed(user);
                    self.stops.remove(&(room, sender.user_id));
                    world.add(room, &sender, Publish::Held).await;
                }
                ways
            }
            Step::Leave { room, user, ways } => {
                self.leave(self.rooms[room], user).await;
                ways
            }
            Step::Delete { room, ways } => {
                world.delete(self.rooms[room], Publish::Held).await;
                self.rooms[room] = self.room();
                ways
            }
            Step::Rename { room, ways } => {
                self.rising += 1;
                world.rename(self.rooms[room], &self.rising.to_string(), Publish::Held).await;
                ways
            }
            Step::Read { room, user, ways } => {
                let (room, sender) = (self.rooms[room], self.people[user].sender.clone());
                if world.is_member(room, &sender) {
                    self.rising += 1;
                    world.read(room, &sender, self.rising, Publish::Held).await;
                }
                ways
            }
            ref step => unreachable!("{step:?} commits nothing"),
        }
    }

    /// Of a room that is gone nobody knows.
    fn name(&self, room: RoomId) -> i64 {
        self.world.name(room).and_then(|name| name.parse().ok()).unwrap_or_default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_clients_are_told_is_consistent_and_becomes_the_truth(steps in steps(), delay_ms_max in 0..400_u64) {
        live(&steps, delay_ms_max);
    }
}

/// Found above: the rooms of the user were read before the removal, which came without its event.
#[test]
fn a_read_from_before_a_removal_does_not_bring_the_room_back() {
    let (room, user) = (1, 2);
    let (ways, lost) = ([Way::Now; NODES], [Way::Lost; NODES]);
    let connect = |user| Step::Connect { node: 0, user, session: 0, room: None, is_awaited: true };
    let steps = [
        connect(0),
        connect(user),
        Step::Join { room, user, ways },
        connect(user),
        Step::Leave { room, user, ways: lost },
        Step::Join { room, user: 0, ways },
        connect(0),
        Step::Join { room, user, ways },
    ];
    // So that the read ends after the removal is known, and begins before it.
    let storm = live(&steps, 141);
    let room = storm.truth.rooms[room];
    assert!(storm.clients.iter().all(|known| known.members.contains_key(&room)), "added when it was in");
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
