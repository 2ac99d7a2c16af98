//! One sender and many receivers of a server that knows nothing of Cloud Chat's protocol: messages carry their number,
//! and every receiver must hear every number once, in order.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::{
    Outcome,
    load::{Driven, Fleet, Latencies},
};

const PATIENCE: Duration = Duration::from_secs(30);
/// How far behind its pace a sender makes up for.
const CATCHES_UP: Duration = Duration::from_millis(10);
const MARK: &[u8] = b"bench-";

pub struct Line {
    pub fleet: Fleet,
    /// The number that each receiver must hear next.
    next: Vec<u64>,
    /// The frame that sends a text; the first socket sends it.
    encode: Box<dyn Fn(&str) -> String + Send>,
    text_bytes: usize,
    /// The least time between two messages.
    gap: Duration,
    sent: u64,
}

impl Line {
    pub fn new(
        fleet: Fleet,
        receivers: usize,
        text_bytes: usize,
        encode: impl Fn(&str) -> String + Send + 'static,
    ) -> Self {
        let (next, encode) = (vec![0; receivers], Box::new(encode));
        Self { fleet, next, encode, text_bytes, gap: Duration::ZERO, sent: 0 }
    }

    /// No more messages a second than these, however few receive them.
    pub fn at_most(self, a_second: u32) -> Self {
        Self { gap: Duration::from_secs(1) / a_second, ..self }
    }

    /// Keeps so many messages under way.
    pub fn drive(&mut self, window: usize, lasts: Duration) -> Outcome<Driven> {
        let begun = Instant::now();
        let end = begun + lasts;
        let receivers = self.next.len();
        let first = self.sent;
        // When each message on its way was sent, and how many have heard it.
        let mut under_way: VecDeque<(Instant, usize)> = VecDeque::new();
        let mut done = first;
        let mut due = begun;
        let mut driven = Driven::new()?;
        loop {
            let now = Instant::now();
            while now < end && under_way.len() < window && due <= now {
                let text = format!("bench-{}-{}", self.sent, "m".repeat(self.text_bytes));
                self.fleet.send(0, &(self.encode)(&text))?;
                under_way.push_back((now, 0));
                self.sent += 1;
                due = due.max(now.checked_sub(CATCHES_UP).unwrap_or(begun)) + self.gap;
            }
            if now >= end && under_way.is_empty() {
                driven.messages = self.sent - first;
                driven.wall = begun.elapsed();
                return Ok(driven);
            }
            if now > end + PATIENCE {
                return Err(format!("{} messages were not heard by all", under_way.len()).into());
            }
            let is_held_back = now < end && under_way.len() < window;
            let timeout = if is_held_back { due - now } else { PATIENCE };
            let next = &mut self.next;
            self.fleet.turn(timeout, |socket, text, at| {
                let Some(number) = number_in(text) else { return refuse_errors(text) };
                if number != next[socket] {
                    return Err(format!("socket {socket} heard {number} instead of {}", next[socket]).into());
                }
                next[socket] += 1;
                let entry = usize::try_from(number - done).ok().and_then(|index| under_way.get_mut(index));
                let (sent, heard) = entry.ok_or("a message that was never sent")?;
                *heard += 1;
                driven.deliveries += 1;
                driven.delivered_bytes += text.len() as u64;
                driven.delivery.record(at - *sent);
                while under_way.front().is_some_and(|(_, heard)| *heard == receivers) {
                    under_way.pop_front();
                    done += 1;
                }
                Ok(())
            })?;
        }
    }
}

impl Driven {
    fn new() -> Outcome<Self> {
        let (delivery, ack) = (Latencies::new()?, Latencies::new()?);
        Ok(Self { messages: 0, deliveries: 0, delivered_bytes: 0, wall: Duration::ZERO, delivery, ack })
    }
}

/// What is no message says what went wrong, or is of no interest.
fn refuse_errors(text: &[u8]) -> Outcome<()> {
    match memchr::memmem::find(text, b"error") {
        Some(_) => Err(format!("it says {}", String::from_utf8_lossy(text)).into()),
        None => Ok(()),
    }
}

fn number_in(text: &[u8]) -> Option<u64> {
    let start = memchr::memmem::find(text, MARK)? + MARK.len();
    let digits = text[start..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(None, |value, digit| Some(value.unwrap_or(0) * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_whatever_surrounds_it() {
        assert_eq!(number_in(b"<body>bench-42-mmm</body>"), Some(42));
        assert_eq!(number_in(b"<presence/>"), None);
    }
}
