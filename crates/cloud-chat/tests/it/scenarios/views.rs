//! A view kept up to date by events alone equals a fresh one, whatever several people do at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use futures::future::join_all;
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle};

use crate::harness::{SOON, Socket, Topology, User};

const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "dave"];
const ACTS: usize = 60;
/// More would make each room too quiet.
const ROOMS: u64 = 4;

/// What one user knows of one room.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Room {
    name: String,
    owner: String,
    members: BTreeSet<String>,
    last_seq: i64,
    last_read_seq: i64,
}

type View = BTreeMap<i64, Room>;

pub async fn a_view_kept_by_events_equals_a_fresh_one(topology: Topology) {
    let app = topology.start().await;
    let people = join_all(PEOPLE.map(|name| app.user(name))).await;
    for n in 0..ROOMS {
        people[0].create_room_with(&format!("room {n}"), &[&people[1], &people[2]]).await;
    }
    let followers = join_all(people.iter().map(follow)).await;

    join_all(people.iter().zip(1..).map(|(user, seed)| act(user, &people, seed))).await;

    let last = people[0].create_room_with("the last one", &people[1..].iter().collect::<Vec<_>>()).await;
    for (user, (task, kept)) in people.iter().zip(followers) {
        assert!(snapshot(user).await.contains_key(&last), "the premise: there is something to compare");
        // Read marks are written together every two seconds; until then another node does not know of them.
        let begun = Instant::now();
        loop {
            let fresh = snapshot(user).await;
            if *kept.borrow() == fresh {
                break;
            }
            let is_late = begun.elapsed() > SOON;
            assert!(!is_late, "{} has {:#?}\ninstead of {fresh:#?}", user.username, kept.borrow());
        }
        task.abort();
    }
}

/// Follows events from now on; the view is what they make of a snapshot taken after connecting.
async fn follow(user: &User) -> (JoinHandle<()>, watch::Receiver<View>) {
    let mut socket = user.connect().await;
    let (publish, view) = watch::channel(snapshot(user).await);
    let user = user.clone();
    let task = tokio::spawn(async move {
        let mut view = publish.borrow().clone();
        while let Some(event) = Socket::next(&mut socket).await {
            apply(&user, &mut view, &event).await;
            publish.send_replace(view.clone());
        }
    });
    (task, view)
}

async fn apply(user: &User, view: &mut View, event: &Value) {
    let kind = event["type"].as_str().expect("a type");
    let id = if kind == "roomUpdated" { &event["room"]["id"] } else { &event["roomId"] };
    let id = id.as_i64().unwrap_or_else(|| panic!("of which room? {event}"));
    let is_me = event["userId"] == *user.id;
    match (kind, view.get_mut(&id)) {
        ("memberAdded", _) if is_me => {
            view.remove(&id);
            view.extend(room(user, id).await.map(|room| (id, room)));
        }
        ("memberRemoved", _) if is_me => drop(view.remove(&id)),
        ("roomDeleted", _) => drop(view.remove(&id)),
        // The general room, or one that was left meanwhile.
        (_, None) => {}
        ("message", Some(room)) => {
            let seq = event["message"]["seq"].as_i64().expect("a seq");
            room.last_seq = room.last_seq.max(seq);
            if event["message"]["userId"] == *user.id {
                room.last_read_seq = room.last_read_seq.max(seq);
            }
        }
        ("read", Some(room)) => room.last_read_seq = room.last_read_seq.max(event["seq"].as_i64().expect("a seq")),
        ("memberAdded", Some(room)) => {
            room.members.insert(text(&event["userId"]));
        }
        ("memberRemoved", Some(room)) => {
            room.members.remove(&text(&event["userId"]));
        }
        ("roomUpdated", Some(room)) => {
            room.name = text(&event["room"]["name"]);
            room.owner = text(&event["room"]["ownerUserId"]);
        }
        _ => panic!("an unknown event: {event}"),
    }
}

async fn snapshot(user: &User) -> View {
    let listed = user.get("/rooms/my-rooms").await.is(200).json();
    let ids = listed.as_array().expect("a list").iter().map(|room| room["id"].as_i64().expect("an id"));
    let rooms = join_all(ids.map(async |id| Some((id, room(user, id).await?)))).await;
    rooms.into_iter().flatten().collect()
}

/// `None`: not, or not any more.
async fn room(user: &User, id: i64) -> Option<Room> {
    let listed = user.my_room(id).await?;
    let shown = user.get(&format!("/rooms/{id}")).await;
    if shown.status == 404 {
        return None;
    }
    let members = shown.is(200).json()["members"].as_array().expect("members").clone();
    Some(Room {
        name: text(&listed["name"]),
        owner: text(&listed["ownerUserId"]),
        members: members.iter().map(|member| text(&member["userId"])).collect(),
        last_seq: listed["lastSeq"].as_i64().expect("a seq"),
        last_read_seq: listed["lastReadSeq"].as_i64().expect("a seq"),
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Does things at random; what is refused is no matter, what fails is.
async fn act(user: &User, people: &[User], seed: u64) {
    let mut dice = Dice(seed);
    for n in 0..ACTS {
        let rooms = user.get("/rooms/my-rooms").await.is(200).json();
        let rooms = rooms.as_array().expect("a list");
        if rooms.is_empty() {
            let others: Vec<_> = people.iter().filter(|other| other.id != user.id).collect();
            user.create_room_with(&format!("{} {n}", user.username), &others).await;
            continue;
        }
        let room = &rooms[dice.below(rooms.len())]["id"];
        let other = &people[dice.below(people.len())];
        let path = format!("/rooms/{room}");
        let answer = match dice.below(16) {
            0..=5 => user.post(&format!("/messages/{room}"), &json!({"content": format!("act {n}")})).await,
            6..=8 => user.post(&format!("{path}/read"), &json!({"seq": dice.below(20)})).await,
            9..=11 => user.post(&format!("{path}/add-member"), &json!({"username": other.username})).await,
            12 => user.delete(&format!("{path}/members/{}", other.id)).await,
            13 => user.delete(&format!("{path}/members/{}", user.id)).await,
            14 => user.patch(&path, &json!({"name": format!("{} {n}", user.username)})).await,
            _ if dice.below(4) == 0 => user.delete(&path).await,
            _ => user.get(&path).await,
        };
        assert!([200, 201, 403, 404].contains(&answer.status), "{}: {}", answer.what, answer.text());
    }
}

/// The same throws in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bits = usize::try_from((bits ^ (bits >> 31)) >> 1).expect("63 bits");
        bits % bound
    }
}
