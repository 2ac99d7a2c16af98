//! Held against the log of a database as a model, with reads, commits and what follows from them in any order that can
//! happen: an answer from memory is always one that the database would have given while the question was asked.

use std::collections::{BTreeSet, VecDeque};

use proptest::prelude::*;
use protocol::{ClientMessageId, MessageId, Timestamp, messages::MessageKind};
use uuid::Uuid;

use super::*;

const ROOM: RoomId = RoomId(1);
const USERS: u8 = 2;

#[derive(Debug, Clone)]
enum Step {
    /// Committed, but not applied yet.
    Send,
    /// One that was stored before is told again: its sender did not hear that it was.
    Repeat(usize),
    Remove(u8),
    Add(u8),
    Delete,
    /// The next commit is applied and answered.
    Apply,
    /// Somebody asks, and the database is read for them.
    Begin(u8),
    /// The database is read at this moment.
    Read(usize),
    /// What was read is put into memory.
    Fill(usize),
    /// Memory runs short.
    Forget,
}

/// Of a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct State {
    is_deleted: bool,
    log: Vec<i64>,
    members: BTreeSet<u8>,
}

struct Asking {
    user: u8,
    ticket: Ticket,
    read: Option<State>,
}

struct World {
    recent: Arc<Recent>,
    state: State,
    /// Committed, and not applied yet.
    events: VecDeque<(Option<Event>, Held)>,
    asking: Vec<Asking>,
}

fn user(number: u8) -> UserId {
    UserId(Uuid::from_u128(u128::from(number) + 1))
}

fn message(seq: i64) -> Message {
    Message {
        id: MessageId(seq),
        room_id: ROOM,
        seq: Seq(seq),
        user_id: user(0),
        username: "ann".into(),
        username_snapshot: "ann".into(),
        kind: MessageKind::Text,
        content: format!("message {seq}"),
        file_url: None,
        client_message_id: ClientMessageId::random(),
        created_at: Timestamp(seq),
    }
}

/// The `seq`s and whether there are more, as the database answers.
fn answer(log: &[i64], range: Range, limit: usize) -> (Vec<i64>, bool) {
    match range {
        Range::Newest => (log[log.len().saturating_sub(limit)..].to_vec(), log.len() > limit),
        Range::After(seq) => {
            let newer: Vec<i64> = log.iter().copied().filter(|other| *other > seq.0).collect();
            (newer.iter().copied().take(limit).collect(), newer.len() > limit)
        }
        Range::Before(_) => unreachable!("not asked"),
    }
}

fn seqs(json: &Json) -> (Vec<i64>, bool) {
    let messages: Vec<Message> = serde_json::from_slice(&json.body).unwrap();
    (messages.into_iter().map(|message| message.seq.0).collect(), json.has_more)
}

impl World {
    fn new() -> Self {
        let state = State { members: (0..USERS).collect(), ..State::default() };
        Self { recent: Arc::new(Recent::of(1_000_000)), state, events: VecDeque::new(), asking: Vec::new() }
    }

    fn commit(&mut self, change: impl FnOnce(&mut State) -> Option<Event>) {
        if !self.state.is_deleted {
            let held = self.recent.hold(vec![ROOM]);
            let event = change(&mut self.state);
            self.events.push_back((event, held));
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Send => self.commit(|state| {
                let seq = i64::try_from(state.log.len()).unwrap() + 1;
                state.log.push(seq);
                Some(Event::Message { message: message(seq), members_rev: 0 })
            }),
            Step::Repeat(nth) => self.commit(|state| {
                let seq = *state.log.get(nth.checked_rem(state.log.len())?)?;
                Some(Event::Message { message: message(seq), members_rev: 0 })
            }),
            Step::Remove(who) => self.commit(|state| {
                state.members.remove(who);
                let (username, last_seq) = ("x".to_owned(), Seq::ZERO);
                let (members_rev, rooms_rev) = (0, 0);
                let user_id = user(*who);
                Some(Event::MemberRemoved {
                    room_id: ROOM,
                    user_id,
                    username,
                    members_rev,
                    rooms_rev,
                    last_seq,
                })
            }),
            Step::Add(who) => self.commit(|state| {
                state.members.insert(*who);
                None
            }),
            Step::Delete => self.commit(|state| {
                state.is_deleted = true;
                Some(Event::RoomDeleted { room_id: ROOM })
            }),
            Step::Apply => {
                if let Some((event, held)) = self.events.pop_front() {
                    self.recent.apply(event.as_slice());
                    drop(held);
                }
            }
            Step::Begin(who) => {
                let ticket = self.recent.begin(ROOM);
                self.asking.push(Asking { user: *who, ticket, read: None });
            }
            Step::Read(nth) => {
                let now = self.state.clone();
                if let Some(asking) = self.nth(*nth) {
                    asking.read.get_or_insert(now);
                }
            }
            Step::Fill(nth) => {
                let recent = self.recent.clone();
                if let Some(Asking { user: who, ticket, read: Some(state) }) = self.nth(*nth)
                    && !state.is_deleted
                    && state.members.contains(who)
                {
                    recent.admit(*ticket, user(*who));
                    let newest = state.log.iter().rev().take(50).rev();
                    recent.fill(*ticket, &newest.map(|seq| message(*seq)).collect::<Vec<_>>());
                }
            }
            Step::Forget => self.recent.forget(ROOM),
        }
    }

    fn nth(&mut self, nth: usize) -> Option<&mut Asking> {
        let count = self.asking.len();
        self.asking.get_mut(nth.checked_rem(count)?)
    }

    /// How many answers came from memory alone.
    fn check(&self) -> usize {
        let mut answered = 0;
        for (range, limit) in [(Range::Newest, 50), (Range::Newest, 2), (Range::After(Seq(3)), 4)] {
            let expected = answer(&self.state.log, range, limit);
            let asked = limit.try_into().unwrap();
            for who in 0..USERS {
                let Some(json) = self.recent.of_member(user(who), ROOM, range, asked) else { continue };
                answered += 1;
                assert!(!self.state.is_deleted && self.state.members.contains(&who), "{who} is no member");
                assert_eq!(seqs(&json), expected);
            }
            // For whoever was read to be a member of a room that stands there.
            let last = Seq(self.state.log.last().copied().unwrap_or_default());
            if let Some(json) = self.recent.at(last, ROOM, range, asked) {
                assert_eq!(seqs(&json), expected);
            }
        }
        answered
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = || 0..USERS;
    let step = prop_oneof![
        6 => Just(Step::Send),
        4 => any::<usize>().prop_map(Step::Repeat),
        1 => who().prop_map(Step::Remove),
        1 => who().prop_map(Step::Add),
        1 => (0..12_u8).prop_map(|n| if n == 0 { Step::Delete } else { Step::Send }),
        6 => Just(Step::Apply),
        3 => who().prop_map(Step::Begin),
        4 => (0..8_usize).prop_map(Step::Read),
        4 => (0..8_usize).prop_map(Step::Fill),
        1 => Just(Step::Forget),
    ];
    prop::collection::vec(step, 1..150)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn memory_answers_what_the_database_would(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
            world.check();
        }
    }
}

#[test]
fn memory_answers_once_it_was_filled_and_follows_what_is_sent() {
    let mut world = World::new();
    for _ in 0..60 {
        world.step(&Step::Send);
        world.step(&Step::Apply);
    }
    assert_eq!(world.check(), 0);
    for step in
        [Step::Begin(0), Step::Send, Step::Read(0), Step::Send, Step::Apply, Step::Apply, Step::Fill(0)]
    {
        world.step(&step);
        world.check();
    }
    // The one who asked, the newest two ways; what comes after 3 is no longer here.
    assert_eq!(world.check(), 2);
    let json = world.recent.of_member(user(0), ROOM, Range::Newest, 50).unwrap();
    assert_eq!(seqs(&json), ((13..=62).collect(), true));
    assert_eq!(world.recent.at(Seq(62), ROOM, Range::Newest, 50), Some(json));
    assert_eq!(world.recent.at(Seq(61), ROOM, Range::Newest, 50), None);
    assert_eq!(world.recent.of_member(user(0), ROOM, Range::Newest, 51), None);
}

/// As after a restart: its sender did not hear that it was stored, and asks again.
#[test]
fn a_repeat_of_an_older_message_while_the_newest_are_read_hides_none_of_them() {
    let recent = Arc::new(Recent::default());
    let ticket = recent.begin(ROOM);
    recent.append(&message(2));
    recent.admit(ticket, user(0));
    recent.fill(ticket, &[message(1), message(2), message(3), message(4)]);
    let page = recent.of_member(user(0), ROOM, Range::After(Seq(2)), 50).expect("it is in memory");
    assert_eq!(seqs(&page), (vec![3, 4], false));

    let other = RoomId(2);
    let ticket = recent.begin(other);
    recent.append(&Message { room_id: other, ..message(1) });
    recent.admit(ticket, user(0));
    let newest: Vec<Message> = (100..150).map(|seq| Message { room_id: other, ..message(seq) }).collect();
    recent.fill(ticket, &newest);
    assert_eq!(recent.of_member(user(0), other, Range::Newest, 50), None, "there is a gap: it is read again");
}

#[test]
fn what_was_not_read_for_the_longest_time_goes_first() {
    let recent = Recent::of(PARTS * 80_000);
    let rooms: Vec<RoomId> = (0..10).map(|nth| RoomId(1 + nth * i64::try_from(PARTS).unwrap())).collect();
    let messages: Vec<Message> = (1..=50).map(message).collect();
    for room in &rooms {
        recent.fill(recent.begin(*room), &messages);
        assert!(recent.bytes() <= 80_000 && recent.at(Seq(50), *room, Range::Newest, 50).is_some());
        // Read again and again, the first one stays.
        assert!(recent.at(Seq(50), rooms[0], Range::Newest, 50).is_some());
    }
    assert!(recent.at(Seq(50), rooms[1], Range::Newest, 50).is_none());
    for room in rooms {
        recent.forget(room);
    }
    assert_eq!(recent.bytes(), 0, "every byte is accounted for");
}
