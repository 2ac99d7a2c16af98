//! A bus, its table, and connections that remember what they are told.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use fanout::{
    Bus, Event,
    aws::Aws,
    gateway::{Connection, Connections, GatewayBus, Posts, Scope},
};
use kit::shutdown::Tasks;
use protocol::{
    Message, MessageId, RoomId, Seq, SessionId, Timestamp, UserId, messages::MessageKind, seams::Sender,
};
use serde_json::Value;
use testbed::{
    dynamo::{CREDENTIALS, Counter, Dynamo, TABLE},
    gateway::Gateway,
};

/// Past the time in which a connection may not be there yet.
pub const OLD: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(20);

type Members = Arc<Mutex<HashMap<RoomId, HashSet<UserId>>>>;

pub struct World {
    pub dynamo: Dynamo,
    pub gateway: Gateway,
    pub connections: Connections,
    pub bus: GatewayBus,
    members: Members,
    _tasks: Tasks,
}

impl World {
    pub async fn start() -> Self {
        let dynamo = Dynamo::start().await;
        let url = dynamo.url();
        Self::on(dynamo, url).await
    }

    /// On a table that has much to do.
    pub async fn busy() -> (Self, Counter) {
        let dynamo = Dynamo::start().await;
        let counter = Counter::start(&dynamo).await;
        (Self::on(dynamo, counter.url()).await, counter)
    }

    async fn on(dynamo: Dynamo, url: String) -> Self {
        let gateway = Gateway::start().await;
        let mut settings: HashMap<String, String> =
            CREDENTIALS.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        settings.insert("AWS_ENDPOINT_URL_DYNAMODB".into(), url);
        let aws = Aws::from_variables(move |name| settings.get(name).cloned()).expect("they are all there");
        let connections = Connections::new(&aws, TABLE);
        let bus = GatewayBus::new(connections.clone(), Posts::new(&aws, &gateway.management()));
        let (members, tasks): (Members, _) = (Arc::default(), Tasks::default());
        let known = members.clone();
        let among = move |room, asked: Vec<UserId>| {
            let known = known.lock().expect("nobody panics").get(&room).cloned().unwrap_or_default();
            let among = asked.into_iter().filter(|user| known.contains(user)).collect();
            Box::pin(std::future::ready(Ok(among))) as _
        };
        bus.start(Arc::new(among), &tasks);
        Self { dynamo, gateway, connections, bus, members, _tasks: tasks }
    }

    pub fn join(&self, room: i64, user: UserId) {
        self.members.lock().expect("nobody panics").entry(RoomId(room)).or_default().insert(user);
    }

    pub fn leave(&self, room: i64, user: UserId) {
        self.members.lock().expect("nobody panics").entry(RoomId(room)).or_default().remove(&user);
    }

    /// In the table for its scope and these rooms; there unless it is pretended later.
    pub async fn write(
        &self,
        id: &str,
        user: UserId,
        scope: Scope,
        age: Duration,
        rooms: &[i64],
    ) -> Connection {
        let sender = Sender { user_id: user, username: "zoé".into() };
        let at = Timestamp::now() - age;
        let connection = Connection::new(id.into(), sender, SessionId::random(), scope, at);
        self.connections.register(&connection).await.expect("it is written");
        let rooms: Vec<_> = rooms.iter().map(|room| RoomId(*room)).collect();
        self.connections.enter(&connection, &rooms).await.expect("it is written");
        connection
    }

    /// A member with a connection that carries every room.
    pub async fn member(&self, id: &str, rooms: &[i64]) -> UserId {
        let user = UserId::random();
        for room in rooms {
            self.join(*room, user);
        }
        self.write(id, user, Scope::All, OLD, rooms).await;
        self.gateway.pretend(id);
        user
    }

    pub async fn publish(&self, event: Event) {
        self.bus.publish(vec![event]).await;
    }

    /// What it is told, once it is so much.
    pub async fn hears(&self, id: &str, count: usize) -> Vec<Value> {
        let mut told = Vec::new();
        self.until(&format!("{id} hears {count}"), async || {
            told = self.gateway.told(id);
            told.len() >= count
        })
        .await;
        assert_eq!(told.len(), count, "{id}: {told:?}");
        told.iter().map(|text| serde_json::from_str(text).expect("JSON")).collect()
    }

    pub async fn until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            let mut rhythm = tokio::time::interval(Duration::from_millis(10));
            while !is_so().await {
                rhythm.tick().await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("not in time: {what}"));
    }

    /// How many rows this connection has.
    pub async fn rows(&self, id: &str) -> usize {
        self.dynamo.rows().await.iter().filter(|row| row["connectionId"]["S"] == id).count()
    }
}

pub fn message(room: i64, seq: i64) -> Event {
    let message = Message {
        id: MessageId(seq),
        room_id: RoomId(room),
        seq: Seq(seq),
        user_id: UserId::random(),
        username: "zoé".into(),
        username_snapshot: "zoé".into(),
        kind: MessageKind::Text,
        content: format!("the {seq}th"),
        file_url: None,
        client_message_id: format!("m-{seq}").parse().expect("plain"),
        created_at: Timestamp(0),
    };
    Event::Message { message, members_rev: 1 }
}

pub fn added(room: i64, user: UserId) -> Event {
    let username = "zoé".into();
    Event::MemberAdded { room_id: RoomId(room), user_id: user, username, members_rev: 2, rooms_rev: 2 }
}

pub fn removed(room: i64, user: UserId) -> Event {
    let (room_id, username, last_seq) = (RoomId(room), "zoé".into(), Seq(1));
    Event::MemberRemoved { room_id, user_id: user, username, members_rev: 3, rooms_rev: 3, last_seq }
}
