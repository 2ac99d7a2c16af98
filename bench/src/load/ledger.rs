//! Who must hear what: every receiver hears every message of its rooms exactly once, in order and unchanged. Whatever
//! differs ends the run.

use std::{
    collections::{HashMap, VecDeque},
    time::Instant,
};

use serde::Deserialize;
use uuid::Uuid;

use crate::Outcome;

#[derive(Debug)]
pub struct Ledger {
    /// What the ids of its messages begin with; no other ledger's do.
    prefix: String,
    /// For each socket the rooms that it carries and the last `seq` heard there.
    sockets: Vec<Vec<(i64, i64)>>,
    rooms: HashMap<i64, Room>,
    /// Messages by number; those before `base` are done.
    sent: VecDeque<Sent>,
    base: u64,
}

#[derive(Debug)]
struct Room {
    listeners: u32,
    /// The `seq` of the first entry.
    first: i64,
    /// What somebody heard and not yet all.
    entries: VecDeque<Entry>,
}

#[derive(Debug)]
struct Entry {
    number: u64,
    heard: u32,
    bytes: Box<[u8]>,
}

#[derive(Debug)]
struct Sent {
    intended: Instant,
    sender: usize,
    room: i64,
    content: Box<str>,
    /// What the answer said.
    acked: Option<i64>,
    /// What the receivers say.
    seq: Option<i64>,
    heard_by_all: bool,
}

/// A delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// When the message should have been sent.
    pub intended: Instant,
    /// The sender, once everybody has heard the message and it was answered.
    pub done: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Connected {
    rooms: Vec<RoomState>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoomState {
    room_id: i64,
    last_seq: i64,
}

#[derive(Debug, Deserialize)]
struct MessageEvent<'a> {
    #[serde(borrow)]
    message: MessageBody<'a>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageBody<'a> {
    room_id: i64,
    seq: i64,
    content: &'a str,
    client_message_id: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ack<'a> {
    client_message_id: &'a str,
    seq: i64,
    duplicate: bool,
}

impl Default for Ledger {
    fn default() -> Self {
        let prefix = format!("{}-", &Uuid::new_v4().simple().to_string()[..8]);
        Self { prefix, sockets: Vec::new(), rooms: HashMap::new(), sent: VecDeque::new(), base: 0 }
    }
}

impl Ledger {
    /// A socket said `connected`: from there on it must hear everything. Sockets are counted from 0.
    pub fn subscribe(&mut self, socket: usize, connected: &[u8]) -> Outcome<()> {
        let connected: Connected = serde_json::from_slice(connected)?;
        if self.sockets.len() <= socket {
            self.sockets.resize_with(socket + 1, Vec::new);
        }
        for RoomState { room_id, last_seq } in connected.rooms {
            self.sockets[socket].push((room_id, last_seq));
            let new = || Room { listeners: 0, first: last_seq + 1, entries: VecDeque::new() };
            let room = self.rooms.entry(room_id).or_insert_with(new);
            if room.first != last_seq + 1 {
                return Err("sockets connected while messages were under way".into());
            }
            room.listeners += 1;
        }
        Ok(())
    }

    /// A message that is sent now; the id that it must carry.
    pub fn send(&mut self, sender: usize, room: i64, content: &str, intended: Instant) -> String {
        let number = self.base + self.sent.len() as u64;
        let (acked, seq) = (None, None);
        self.sent.push_back(Sent {
            intended,
            sender,
            room,
            content: content.into(),
            acked,
            seq,
            heard_by_all: false,
        });
        format!("{}{number}", self.prefix)
    }

    /// Messages that are not done.
    pub fn in_flight(&self) -> usize {
        self.sent.len()
    }

    /// `message` at a socket.
    pub fn heard(&mut self, socket: usize, event: &[u8]) -> Outcome<Heard> {
        let (room_id, seq) = place(event).ok_or("a message without room and seq")?;
        let last = self.sockets[socket].iter_mut().find(|(carried, _)| *carried == room_id);
        let (_, last) =
            last.ok_or_else(|| format!("socket {socket} heard of room {room_id}, which it does not carry"))?;
        if seq != *last + 1 {
            let what = if seq <= *last { "again or late" } else { "with a gap" };
            return Err(format!("socket {socket} heard {seq} after {last} of room {room_id}: {what}").into());
        }
        *last = seq;
        let room = self.rooms.get_mut(&room_id).ok_or("a room without listeners")?;
        let index = usize::try_from(seq - room.first)?;
        if index == room.entries.len() {
            let number = first_hearing(&self.prefix, &mut self.sent, self.base, event, seq)?;
            room.entries.push_back(Entry { number, heard: 0, bytes: event.into() });
        }
        let entry = room.entries.get_mut(index).ok_or("a message that nobody heard the one before")?;
        if *entry.bytes != *event {
            return Err(format!("socket {socket} heard {seq} of room {room_id} otherwise than others").into());
        }
        entry.heard += 1;
        let number = entry.number;
        let is_all = entry.heard == room.listeners;
        if is_all {
            // Others of this room may be complete already: only the front is let go.
            while room.entries.front().is_some_and(|entry| entry.heard == room.listeners) {
                room.entries.pop_front();
                room.first += 1;
            }
        }
        let sent = self.sent_mut(number)?;
        let intended = sent.intended;
        sent.heard_by_all |= is_all;
        let done = if is_all { self.complete(number)? } else { None };
        Ok(Heard { intended, done })
    }

    /// `ack`: when the message should have been sent, and the sender once everybody has heard it, too.
    pub fn acked(&mut self, event: &[u8]) -> Outcome<Heard> {
        let ack: Ack = serde_json::from_slice(event)?;
        let number = number_of(&self.prefix, ack.client_message_id)?;
        let sent = self.sent_mut(number)?;
        if ack.duplicate || sent.acked.replace(ack.seq).is_some() {
            return Err(format!("{} was answered as a repeat", ack.client_message_id).into());
        }
        let intended = sent.intended;
        Ok(Heard { intended, done: self.complete(number)? })
    }

    /// The sender of a message that is answered and heard by all.
    fn complete(&mut self, number: u64) -> Outcome<Option<usize>> {
        let sent = self.sent_mut(number)?;
        if !sent.is_done() {
            return Ok(None);
        }
        if sent.seq != sent.acked {
            return Err(
                format!("message {number} was answered {:?} and heard {:?}", sent.acked, sent.seq).into()
            );
        }
        let sender = sent.sender;
        while self.sent.front().is_some_and(Sent::is_done) {
            self.sent.pop_front();
            self.base += 1;
        }
        Ok(Some(sender))
    }

    fn sent_mut(&mut self, number: u64) -> Outcome<&mut Sent> {
        let index = number.checked_sub(self.base).and_then(|index| usize::try_from(index).ok());
        let sent = index.and_then(|index| self.sent.get_mut(index));
        sent.ok_or_else(|| format!("message {number} was done already, or never sent").into())
    }

    /// Says which messages are missing.
    pub fn complaint(&self) -> String {
        let unanswered = self.sent.iter().filter(|sent| sent.acked.is_none()).count();
        let unheard = self.sent.iter().filter(|sent| !sent.heard_by_all).count();
        format!("{unanswered} messages were not answered, {unheard} not heard by all who should")
    }
}

impl Sent {
    fn is_done(&self) -> bool {
        self.acked.is_some() && self.heard_by_all
    }
}

/// The first receiver's copy is read in full and compared with what was sent; the others' must be the same bytes.
fn first_hearing(prefix: &str, sent: &mut VecDeque<Sent>, base: u64, event: &[u8], seq: i64) -> Outcome<u64> {
    let MessageEvent { message } = serde_json::from_slice(event)?;
    let number = number_of(prefix, message.client_message_id)?;
    let index = number.checked_sub(base).and_then(|index| usize::try_from(index).ok());
    let sent = index.and_then(|index| sent.get_mut(index)).ok_or("a message that was never sent")?;
    if sent.seq.replace(seq).is_some() {
        return Err(format!("message {number} was stored twice").into());
    }
    if message.content != &*sent.content || message.room_id != sent.room || message.seq != seq {
        return Err(format!("message {number} is not what was sent").into());
    }
    Ok(number)
}

fn number_of(prefix: &str, client_message_id: &str) -> Outcome<u64> {
    let number = client_message_id.strip_prefix(prefix).and_then(|number| number.parse().ok());
    number.ok_or_else(|| format!("a message that is not ours: {client_message_id}").into())
}

/// Room and `seq` of a message event without reading all of it.
fn place(event: &[u8]) -> Option<(i64, i64)> {
    Some((integer_after(event, b"\"roomId\":")?, integer_after(event, b"\"seq\":")?))
}

fn integer_after(event: &[u8], key: &[u8]) -> Option<i64> {
    let start = memchr::memmem::find(event, key)? + key.len();
    let digits = event[start..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |value, digit| Some(value.unwrap_or(0_i64) * 10 + i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: i64 = 7;

    /// Two receivers of one room whose last message was 4.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for socket in 0..2 {
            ledger.subscribe(socket, br#"{"type":"system","rooms":[{"roomId":7,"lastSeq":4}]}"#).unwrap();
        }
        ledger
    }

    fn event(seq: i64, id: &str, content: &str) -> Vec<u8> {
        let message = format!(
            r#"{{"id":9,"roomId":7,"seq":{seq},"content":"{content}","clientMessageId":"{id}","createdAt":"x"}}"#
        );
        format!(r#"{{"type":"message","roomId":7,"message":{message}}}"#).into_bytes()
    }

    fn ack(seq: i64, id: &str) -> Vec<u8> {
        format!(
            r#"{{"type":"ack","clientMessageId":"{id}","roomId":7,"id":9,"seq":{seq},"duplicate":false}}"#
        )
        .into()
    }

    #[test]
    fn a_message_is_done_when_it_is_answered_and_everybody_heard_it() {
        let mut ledger = ledger();
        let now = Instant::now();
        let id = ledger.send(3, ROOM, "hello", now);
        let event = event(5, &id, "hello");
        assert_eq!(ledger.heard(0, &event).unwrap(), Heard { intended: now, done: None });
        assert_eq!(ledger.acked(&ack(5, &id)).unwrap(), Heard { intended: now, done: None });
        assert_eq!(ledger.in_flight(), 1);
        assert_eq!(ledger.heard(1, &event).unwrap(), Heard { intended: now, done: Some(3) });
        assert_eq!(ledger.in_flight(), 0);
    }

    #[test]
    fn messages_may_be_done_in_another_order_than_sent() {
        let mut ledger = ledger();
        let ids: Vec<_> = (0..3).map(|sender| ledger.send(sender, ROOM, "hello", Instant::now())).collect();
        let events: Vec<_> =
            [2, 0, 1].iter().zip(5..).map(|(sent, seq)| event(seq, &ids[*sent], "hello")).collect();
        for event in &events {
            ledger.heard(0, event).unwrap();
            ledger.heard(1, event).unwrap();
        }
        assert_eq!(ledger.acked(&ack(5, &ids[2])).unwrap().done, Some(2));
        assert_eq!(ledger.in_flight(), 3);
        assert_eq!(ledger.acked(&ack(7, &ids[1])).unwrap().done, Some(1));
        assert_eq!(ledger.acked(&ack(6, &ids[0])).unwrap().done, Some(0));
        assert_eq!(ledger.in_flight(), 0);
    }

    #[test]
    fn a_repeat_a_gap_and_a_change_are_found() {
        let mut ledger = ledger();
        let ids: Vec<_> = (0..2).map(|_| ledger.send(0, ROOM, "hello", Instant::now())).collect();
        let (first, second) = (event(5, &ids[0], "hello"), event(6, &ids[1], "hello"));
        assert!(ledger.heard(0, &second).unwrap_err().to_string().contains("with a gap"));
        ledger.heard(0, &first).unwrap();
        assert!(ledger.heard(0, &first).unwrap_err().to_string().contains("again"));
        assert!(ledger.heard(1, &event(5, &ids[0], "hullo")).unwrap_err().to_string().contains("otherwise"));
        assert!(
            ledger
                .heard(0, &event(6, &ids[1], "hullo"))
                .unwrap_err()
                .to_string()
                .contains("not what was sent")
        );
    }

    #[test]
    fn a_message_stored_twice_is_found() {
        let mut ledger = ledger();
        let id = ledger.send(0, ROOM, "hello", Instant::now());
        ledger.heard(0, &event(5, &id, "hello")).unwrap();
        assert!(ledger.heard(0, &event(6, &id, "hello")).unwrap_err().to_string().contains("stored twice"));
    }

    #[test]
    fn an_answer_that_differs_from_what_was_heard_is_found() {
        let mut ledger = ledger();
        let id = ledger.send(0, ROOM, "hello", Instant::now());
        ledger.heard(0, &event(5, &id, "hello")).unwrap();
        ledger.heard(1, &event(5, &id, "hello")).unwrap();
        assert!(ledger.acked(&ack(6, &id)).is_err());
    }

    #[test]
    fn what_is_missing_is_told() {
        let mut ledger = ledger();
        let id = ledger.send(0, ROOM, "hello", Instant::now());
        ledger.heard(0, &event(5, &id, "hello")).unwrap();
        assert_eq!(ledger.complaint(), "1 messages were not answered, 1 not heard by all who should");
    }
}
