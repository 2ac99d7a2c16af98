//! Thousands of interleavings of a room's life with late, doubled and lost events, slow and failing reads: nobody
//! ever gets a message out of order, twice, or from after their removal, or is told of the room's end before all that was
//! committed; and in the end everybody has everything.

use std::collections::HashMap;

use fanout::Event;
use proptest::prelude::*;
use protocol::RoomId;

use super::*;

const USERS: usize = 3;
const PAGE: usize = 3;
const ROOM: RoomId = RoomId(1);

#[derive(Debug, Clone)]
enum Step {
    Say,
    Join(usize),
    Leave(usize),
    Delete,
    /// Reads that the user is a member; attaching follows later.
    ReadState(usize),
    Attach(usize),
    Detach(usize),
    /// The n-th of the events under way.
    Hear(usize),
    HearTwice(usize),
    Lose(usize),
    /// The database is read for the question that was asked.
    Read,
    ReadFails,
    Answer,
    Retry,
    Compare,
    Observe,
}

/// The truth: what is committed.
#[derive(Debug, Default, Clone)]
struct Log {
    last_seq: i64,
    members_rev: i64,
    /// Members, and where those who left had to stop.
    members: [bool; USERS],
    stops: [i64; USERS],
    is_deleted: bool,
}

enum Compared {
    Found(RoomState),
    Gone,
}

enum Reading {
    Page(Vec<(Seq, Seq)>, bool),
    Members(Vec<UserId>, RoomMembers),
    Failed,
}

struct World {
    users: Vec<UserId>,
    log: Log,
    events: Vec<(Event, usize)>,
    sequencer: Sequencer<Seq, ()>,
    asked: Option<Ask>,
    reading: Option<Reading>,
    is_pausing: bool,
    states: [Option<RoomState>; USERS],
    compared: Option<Compared>,
    /// The next `seq` for each attached user.
    next: HashMap<UserId, Seq>,
}

impl World {
    fn new() -> Self {
        let users = (0..USERS).map(|_| UserId::random()).collect();
        Self {
            users,
            log: Log::default(),
            events: Vec::new(),
            sequencer: Sequencer::opening(),
            asked: None,
            reading: None,
            is_pausing: false,
            states: [None; USERS],
            compared: None,
            next: HashMap::new(),
        }
    }

    fn state(&self) -> RoomState {
        state(self.log.last_seq, self.log.members_rev)
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Say if !self.log.is_deleted => {
                self.log.last_seq += 1;
                self.publish(message(self.log.last_seq, self.log.members_rev), 0);
            }
            Step::Join(user) if !self.log.members[user] && !self.log.is_deleted => {
                self.log.members[user] = true;
                self.log.members_rev += 1;
                self.publish_member(user, true);
            }
            Step::Leave(user) if self.log.members[user] && !self.log.is_deleted => {
                self.log.members[user] = false;
                self.log.members_rev += 1;
                self.log.stops[user] = self.log.last_seq;
                self.publish_member(user, false);
            }
            Step::Delete if !self.log.is_deleted => {
                self.log.is_deleted = true;
                self.publish(Event::RoomDeleted { room_id: ROOM }, 0);
            }
            Step::ReadState(user) if self.log.members[user] && !self.log.is_deleted => {
                self.states[user] = Some(self.state());
            }
            Step::Attach(user) => {
                if let Some(state) = self.states[user].take() {
                    self.sequencer.open(state);
                    self.attach(user, state.members_rev);
                }
            }
            Step::Detach(user) => {
                self.sequencer.members.detach(self.users[user]);
                self.next.remove(&self.users[user]);
            }
            Step::Hear(nth) if !self.events.is_empty() => {
                let (event, user) = self.events.remove(nth % self.events.len());
                self.hear(&event, user);
            }
            Step::HearTwice(nth) if !self.events.is_empty() => {
                let (event, user) = self.events[nth % self.events.len()].clone();
                self.hear(&event, user);
            }
            Step::Lose(nth) if !self.events.is_empty() => {
                self.events.remove(nth % self.events.len());
            }
            Step::Read => self.read(),
            Step::ReadFails if self.asked.take().is_some() => self.reading = Some(Reading::Failed),
            Step::Answer => self.answer(),
            Step::Retry if std::mem::take(&mut self.is_pausing) => self.sequencer.retry(),
            Step::Compare if self.log.is_deleted => self.compared = Some(Compared::Gone),
            Step::Compare => self.compared = Some(Compared::Found(self.state())),
            Step::Observe => match self.compared.take() {
                Some(Compared::Found(state)) => self.sequencer.observe(state.last_seq, state.members_rev),
                Some(Compared::Gone) => self.sequencer.end(),
                None => {}
            },
            _ => {}
        }
        self.advance();
    }

    fn publish(&mut self, event: Event, user: usize) {
        self.events.push((event, user));
    }

    fn publish_member(&mut self, user: usize, is_added: bool) {
        let (room_id, user_id) = (ROOM, self.users[user]);
        let (username, members_rev, rooms_rev) = (String::new(), self.log.members_rev, 0);
        let last_seq = Seq(self.log.last_seq);
        let event = if is_added {
            Event::MemberAdded { room_id, user_id, username, members_rev, rooms_rev }
        } else {
            Event::MemberRemoved { room_id, user_id, username, members_rev, rooms_rev, last_seq }
        };
        self.publish(event, user);
    }

    fn hear(&mut self, event: &Event, user: usize) {
        match event {
            Event::Message { message, members_rev } => {
                self.sequencer.message(message.seq, *members_rev, message.seq);
            }
            Event::MemberAdded { members_rev, .. } => {
                self.sequencer.members.added(*members_rev);
                // Even where it is out of date.
                if self.sequencer.is_open() {
                    self.attach(user, *members_rev);
                }
            }
            Event::MemberRemoved { user_id, members_rev, .. } => {
                if self.sequencer.members.removed(*user_id, *members_rev).is_some() {
                    self.next.remove(user_id);
                }
            }
            Event::RoomDeleted { .. } => self.sequencer.end(),
            event => panic!("{event:?}"),
        }
    }

    fn attach(&mut self, user: usize, as_of: i64) {
        let user = self.users[user];
        self.sequencer.members.attach(user, as_of);
        self.next.entry(user).or_insert(self.sequencer.delivered().next());
    }

    fn read(&mut self) {
        match self.asked.take() {
            Some(Ask::Page { after }) => {
                let seqs: Vec<i64> = (after.0 + 1..=self.log.last_seq).collect();
                let page = seqs.iter().take(PAGE).map(|seq| (Seq(*seq), Seq(*seq))).collect();
                self.reading = Some(Reading::Page(page, seqs.len() > PAGE));
            }
            Some(Ask::Members { users }) => {
                let is_member = |user: &&UserId| {
                    self.users.iter().position(|other| other == *user).is_some_and(|n| self.log.members[n])
                };
                let members = users.iter().filter(is_member).copied().collect();
                let members_rev = self.log.members_rev;
                let answer = RoomMembers { room_id: ROOM, members_rev, users: members };
                self.reading = Some(Reading::Members(users, answer));
            }
            None => {}
        }
    }

    fn answer(&mut self) {
        let leads_on = match self.reading.take() {
            Some(Reading::Page(page, has_more)) => self.sequencer.page(page, has_more),
            Some(Reading::Members(asked, answer)) => {
                let (gone, leads_on) = self.sequencer.members_read(&asked, &answer);
                for (user, ()) in gone {
                    self.next.remove(&user);
                }
                leads_on
            }
            Some(Reading::Failed) => false,
            None => return,
        };
        if !leads_on {
            self.sequencer.failed();
            self.is_pausing = true;
        }
    }

    /// Hands out and checks; then takes the next question.
    fn advance(&mut self) {
        while let Some(seq) = self.sequencer.next() {
            for user in self.sequencer.members.users() {
                let next = self.next.get_mut(&user).expect("attached");
                assert_eq!(seq, *next, "in order, without gaps, each once");
                *next = seq.next();
                let nth = self.users.iter().position(|other| *other == user).expect("known");
                assert!(
                    self.log.members[nth] || seq.0 <= self.log.stops[nth],
                    "{seq} was handed to a user who left at {}",
                    self.log.stops[nth]
                );
            }
        }
        if let Some(ask) = self.sequencer.ask() {
            assert!(self.asked.is_none() && self.reading.is_none(), "one question at a time");
            self.asked = Some(ask);
        }
        if self.sequencer.is_over() {
            self.end();
        }
    }

    /// Everybody is told, and whoever comes later begins anew.
    fn end(&mut self) {
        assert!(self.log.is_deleted);
        for user in self.sequencer.members.users() {
            let nth = self.users.iter().position(|other| *other == user).expect("known");
            let has_all = self.next[&user] == Seq(self.log.last_seq + 1);
            assert!(has_all || !self.log.members[nth], "told of the end before everything was handed out");
        }
        self.sequencer = Sequencer::opening();
        self.next.clear();
        (self.asked, self.reading, self.is_pausing) = (None, None, false);
    }

    /// Every event under way is lost, and the path is whole again.
    fn settle(&mut self) {
        self.events.clear();
        self.states = [None; USERS];
        self.step(&Step::Answer);
        self.step(&Step::Retry);
        for _ in 0..1000 {
            self.step(&Step::Compare);
            self.step(&Step::Observe);
            if self.asked.is_none() {
                break;
            }
            self.step(&Step::Read);
            self.step(&Step::Answer);
            self.step(&Step::Retry);
        }
        assert!(self.asked.is_none(), "nothing more to ask");
        assert!(!self.log.is_deleted || self.sequencer.members.is_empty(), "everybody was told of the end");
        for user in self.sequencer.members.users() {
            let nth = self.users.iter().position(|other| *other == user).expect("known");
            assert!(self.log.members[nth], "who left hears nothing more");
            assert_eq!(self.next[&user], Seq(self.log.last_seq + 1), "everything arrived");
        }
    }
}

fn state(last_seq: i64, members_rev: i64) -> RoomState {
    RoomState { room_id: ROOM, last_seq: Seq(last_seq), members_rev, details_rev: 0 }
}

fn message(seq: i64, members_rev: i64) -> Event {
    let user_id = UserId(uuid::Uuid::nil());
    let message = protocol::Message {
        id: protocol::MessageId(seq),
        room_id: ROOM,
        seq: Seq(seq),
        user_id,
        username: String::new(),
        username_snapshot: String::new(),
        kind: protocol::messages::MessageKind::Text,
        content: String::new(),
        file_url: None,
        client_message_id: "x".parse().unwrap(),
        created_at: protocol::Timestamp(0),
    };
    Event::Message { message, members_rev }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let user = 0..USERS;
    let nth = 0..20_usize;
    let step = prop_oneof![
        6 => Just(Step::Say),
        2 => user.clone().prop_map(Step::Join),
        2 => user.clone().prop_map(Step::Leave),
        1 => (0..8_u8).prop_map(|n| if n == 0 { Step::Delete } else { Step::Say }),
        3 => user.clone().prop_map(Step::ReadState),
        3 => user.clone().prop_map(Step::Attach),
        1 => user.prop_map(Step::Detach),
        8 => nth.clone().prop_map(Step::Hear),
        4 => Just(Step::Hear(0)),
        1 => nth.clone().prop_map(Step::HearTwice),
        1 => nth.prop_map(Step::Lose),
        6 => Just(Step::Read),
        1 => Just(Step::ReadFails),
        6 => Just(Step::Answer),
        2 => Just(Step::Retry),
        1 => Just(Step::Compare),
        1 => Just(Step::Observe),
    ];
    proptest::collection::vec(step, 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_order_holds_and_everything_arrives(steps in steps()) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        world.settle();
    }
}

#[test]
fn a_flood_ahead_of_a_gap_keeps_the_next_messages_and_the_highest() {
    let mut sequencer: Sequencer<Seq, ()> = Sequencer::opening();
    sequencer.open(state(0, 1));
    let bob = UserId::random();
    sequencer.members.attach(bob, 1);
    for seq in (2..2000).rev() {
        sequencer.message(Seq(seq), 1, Seq(seq));
    }
    assert_eq!(sequencer.held.len(), HELD_MAX);
    assert_eq!(sequencer.ask(), Some(Ask::Page { after: Seq(0) }));
    assert!(sequencer.page(vec![(Seq(1), Seq(1))], true));
    assert_eq!(sequencer.ask(), Some(Ask::Members { users: vec![bob] }));
    let answer = RoomMembers { room_id: ROOM, members_rev: 1, users: vec![bob] };
    assert_eq!(sequencer.members_read(&[bob], &answer), (vec![], true));
    let handed: Vec<Seq> = std::iter::from_fn(|| sequencer.next()).collect();
    assert_eq!(handed.len(), HELD_MAX + 1);
    assert_eq!(sequencer.ask(), Some(Ask::Page { after: Seq(257) }));
}

#[test]
fn a_page_that_leads_nowhere_counts_as_a_failure() {
    let mut sequencer: Sequencer<Seq, ()> = Sequencer::opening();
    sequencer.open(state(4, 1));
    sequencer.members.attach(UserId::random(), 1);
    sequencer.message(Seq(6), 1, Seq(6));
    assert_eq!(sequencer.ask(), Some(Ask::Page { after: Seq(4) }));
    assert!(!sequencer.page(vec![(Seq(6), Seq(6))], false));
    assert_eq!((sequencer.failed(), sequencer.ask()), (1, None));
    sequencer.retry();
    assert_eq!(sequencer.ask(), Some(Ask::Page { after: Seq(4) }));
}
