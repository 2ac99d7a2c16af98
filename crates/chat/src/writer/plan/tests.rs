//! The plan, applied to tables in memory, against the model: thousands of interleavings.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proptest::prelude::*;
use protocol::{Timestamp, messages::MessageKind};

use super::*;
use crate::writer::model::{Expected, GENERAL, Model, NEVER, Step, steps};

/// The tables as the transaction would leave them. Deleted rooms' messages stay: the sweeper has not come yet.
#[derive(Default)]
struct Tables {
    rooms: HashMap<RoomId, RoomFacts>,
    members: HashMap<(RoomId, UserId), MemberRow>,
    reads: HashMap<MemberRow, Seq>,
    messages: Vec<Message>,
    next_row: i64,
}

impl Tables {
    fn new() -> Self {
        let room = |id| RoomFacts { is_general: id == GENERAL, last_seq: Seq::ZERO, members_rev: 0 };
        let rooms = (GENERAL..NEVER).map(|id| (RoomId(id), room(id))).collect();
        Self { rooms, ..Self::default() }
    }

    fn facts(&self, drafts: &[Draft]) -> Facts {
        let asked: BTreeSet<RoomId> = drafts.iter().map(|draft| draft.room_id).collect();
        let of_drafts = |message: &&Message| {
            drafts.iter().any(|draft| {
                draft.sender.user_id == message.user_id
                    && draft.client_message_id == message.client_message_id
            })
        };
        let existing = self.messages.iter().filter(of_drafts);
        Facts {
            rooms: self.rooms.iter().filter(|(id, _)| asked.contains(id)).map(|(id, r)| (*id, *r)).collect(),
            members: self.members.clone(),
            gone: HashSet::new(),
            existing: existing.map(|m| (m.clone(), self.rooms.contains_key(&m.room_id))).collect(),
        }
    }

    fn apply(&mut self, drafts: &[Draft], plan: &Plan) {
        self.messages.retain(|message| !plan.leftovers.contains(&message.id));
        for join in &plan.joins {
            let draft = &drafts[join.draft];
            self.next_row += 1;
            let other = self.members.insert((draft.room_id, draft.sender.user_id), self.next_row);
            assert_eq!(other, None, "joined twice");
            self.reads.insert(self.next_row, join.last_read_seq);
        }
        self.rooms.extend(plan.rooms.iter().map(|(id, room)| (*id, *room)));
        self.reads.extend(plan.reads.iter().map(|(row, seq)| (*row, *seq)));
        for row in &plan.rows {
            self.next_row += 1;
            let message = message(&drafts[row.draft], row, self.next_row);
            let is_same = |m: &Message| {
                (m.user_id, &m.client_message_id) == (message.user_id, &message.client_message_id)
            };
            assert!(!self.messages.iter().any(is_same), "a client id was used twice");
            self.messages.push(message);
        }
    }

    fn add(&mut self, user: UserId, room: RoomId) {
        if self.rooms.contains_key(&room) && !self.members.contains_key(&(room, user)) {
            self.next_row += 1;
            self.members.insert((room, user), self.next_row);
        }
    }

    fn delete(&mut self, room: RoomId) {
        self.rooms.remove(&room);
        self.members.retain(|(r, _), _| *r != room);
    }
}

fn message(draft: &Draft, row: &Row, id: i64) -> Message {
    Message {
        id: MessageId(id),
        room_id: draft.room_id,
        seq: row.seq,
        user_id: draft.sender.user_id,
        username: draft.sender.username.clone(),
        username_snapshot: draft.sender.username.clone(),
        kind: MessageKind::Text,
        content: draft.content.clone(),
        file_url: None,
        client_message_id: draft.client_message_id.clone(),
        created_at: Timestamp(0),
    }
}

fn expected(answer: &Answer, plan: &Plan) -> Expected {
    match answer {
        Answer::New(row) => Expected::Stored { seq: plan.rows[*row].seq, duplicate: false },
        Answer::Repeat(row) => Expected::Stored { seq: plan.rows[*row].seq, duplicate: true },
        Answer::Original(message) => Expected::Stored { seq: message.seq, duplicate: true },
        Answer::Conflict => Expected::Conflict,
        Answer::NotFound => Expected::NotFound,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_does_what_its_drafts_would_do_one_by_one(steps in steps(24)) {
        let (mut tables, mut model) = (Tables::new(), Model::default());
        for step in &steps {
            match step {
                Step::Send(drafts) => {
                    let plan = plan(drafts, &tables.facts(drafts));
                    let answers: Vec<_> = plan.answers.iter().map(|a| expected(a, &plan)).collect();
                    let wanted: Vec<_> = drafts.iter().map(|draft| model.send(draft)).collect();
                    prop_assert_eq!(answers, wanted);
                    tables.apply(drafts, &plan);
                }
                Step::Add(user, room) => {
                    tables.add(*user, *room);
                    model.add(*user, *room);
                }
                Step::Remove(user, room) => {
                    tables.members.remove(&(*room, *user));
                    model.remove(*user, *room);
                }
                Step::Delete(room) => {
                    tables.delete(*room);
                    model.delete(*room);
                }
            }
            assert_sound(&tables, &model)?;
        }
    }
}

fn assert_sound(tables: &Tables, model: &Model) -> Result<(), TestCaseError> {
    let mut seqs: BTreeMap<RoomId, Vec<i64>> = BTreeMap::new();
    for message in tables.messages.iter().filter(|m| tables.rooms.contains_key(&m.room_id)) {
        seqs.entry(message.room_id).or_default().push(message.seq.0);
    }
    for (room, facts) in &tables.rooms {
        let gapless: Vec<i64> = (1..=facts.last_seq.0).collect();
        prop_assert_eq!(seqs.remove(room).unwrap_or_default(), gapless);
        prop_assert_eq!(facts.last_seq, model.last_seq(*room));
    }
    let members: BTreeSet<_> = tables.members.keys().copied().collect();
    prop_assert_eq!(&members, &model.members);
    Ok(())
}

fn draft(number: u8, room: i64, client_id: &str) -> Draft {
    Draft {
        sender: protocol::seams::Sender {
            user_id: crate::writer::model::user(number),
            username: "somebody".into(),
        },
        room_id: RoomId(room),
        content: "hi".into(),
        client_message_id: client_id.parse().unwrap(),
    }
}

#[test]
fn joining_by_sending_raises_the_revision_of_the_messages_that_follow() {
    let tables = Tables::new();
    let drafts = [draft(0, GENERAL, "a"), draft(1, GENERAL, "b"), draft(0, GENERAL, "c")];
    let plan = plan(&drafts, &tables.facts(&drafts));
    assert_eq!(plan.rows.iter().map(|row| row.members_rev).collect::<Vec<_>>(), [1, 2, 2]);
    let joins: Vec<_> = plan.joins.iter().map(|join| (join.draft, join.last_read_seq.0)).collect();
    assert_eq!(joins, [(0, 3), (1, 2)]);
}

#[test]
fn sending_moves_ones_own_read_mark_to_the_last_of_the_batch() {
    let mut tables = Tables::new();
    tables.add(crate::writer::model::user(0), RoomId(2));
    let drafts = [draft(0, 2, "a"), draft(0, 2, "b"), draft(1, 2, "x")];
    let plan = plan(&drafts, &tables.facts(&drafts));
    assert_eq!(plan.reads, BTreeMap::from([(1, Seq(2))]));
    assert_eq!(plan.answers[2], Answer::NotFound);
}
