//! Senders at work. In a closed loop each sends its next message when its last one was answered and heard by all; in
//! an open loop messages are due at a rate, and a late one's latency counts from when it was due: no coordinated
//! omission.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    Outcome,
    load::{Fleet, Latencies, Ledger},
};

/// How long what was sent may take to arrive after the last was sent.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, Copy)]
pub enum Pacing {
    /// Each sender has so many messages under way.
    Closed { window: usize },
    /// So many messages a second in all.
    Open { per_second: f64 },
}

/// Who sends where.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    pub socket: usize,
    pub room: i64,
}

#[derive(Debug, Clone)]
pub struct Load {
    pub senders: Vec<Sender>,
    pub pacing: Pacing,
    pub text_bytes: usize,
    /// At least one message is sent, however short it is.
    pub lasts: Duration,
    /// No more than these, however long it lasts.
    pub most: u64,
}

impl Load {
    pub fn lasting(lasts: Duration, senders: Vec<Sender>, pacing: Pacing, text_bytes: usize) -> Self {
        Self { senders, pacing, text_bytes, lasts, most: u64::MAX }
    }
}

/// What came of it. It begins and ends with nothing under way, so counts, time and CPU belong together.
#[derive(Debug)]
pub struct Driven {
    pub messages: u64,
    pub deliveries: u64,
    pub delivered_bytes: u64,
    pub wall: Duration,
    /// From when a message was due to each of its receivers.
    pub delivery: Latencies,
    /// From when a message was due to its answer.
    pub ack: Latencies,
}

pub fn drive(fleet: &mut Fleet, ledger: &mut Ledger, load: &Load) -> Outcome<Driven> {
    let text = "m".repeat(load.text_bytes);
    let begun = Instant::now();
    let end = begun + load.lasts;
    let mut turns = Turns::new(load, begun);
    let mut driven = Driven {
        messages: 0,
        deliveries: 0,
        delivered_bytes: 0,
        wall: Duration::ZERO,
        delivery: Latencies::new()?,
        ack: Latencies::new()?,
    };
    loop {
        let now = Instant::now();
        while (now < end || driven.messages == 0)
            && driven.messages < load.most
            && let Some((sender, intended)) = turns.next(now)
        {
            let Sender { socket, room } = load.senders[sender];
            let id = ledger.send(sender, room, &text, intended);
            let frame =
                json!({"action": "sendMessage", "roomId": room, "content": text, "clientMessageId": id});
            fleet.send(socket, &frame.to_string())?;
            driven.messages += 1;
        }
        if (now >= end || driven.messages == load.most) && ledger.in_flight() == 0 {
            driven.wall = begun.elapsed();
            return Ok(driven);
        }
        if now > end + PATIENCE {
            return Err(ledger.complaint().into());
        }
        let until = turns.due().map_or(end, |due| due.min(end)).max(now);
        let timeout = if now < end { until - now } else { PATIENCE };
        fleet.turn(timeout, |socket, text, at| {
            let heard = if text.starts_with(b"{\"type\":\"message\"") {
                let heard = ledger.heard(socket, text)?;
                driven.deliveries += 1;
                driven.delivered_bytes += text.len() as u64;
                driven.delivery.record(at - heard.intended);
                heard
            } else if text.starts_with(b"{\"type\":\"ack\"") {
                let heard = ledger.acked(text)?;
                driven.ack.record(at - heard.intended);
                heard
            } else if text.starts_with(b"{\"type\":\"error\"") {
                return Err(format!("the server refused: {}", String::from_utf8_lossy(text)).into());
            } else {
                return Ok(());
            };
            turns.extend(heard.done);
            Ok(())
        })?;
    }
}

/// Whose turn it is.
enum Turns {
    Closed { free: Vec<usize> },
    Open { begun: Instant, count: u32, every: Duration, senders: usize },
}

impl Turns {
    fn new(load: &Load, begun: Instant) -> Self {
        let senders = load.senders.len();
        match load.pacing {
            Pacing::Closed { window } => {
                Self::Closed { free: (0..window).flat_map(|_| (0..senders).rev()).collect() }
            }
            Pacing::Open { per_second } => {
                Self::Open { begun, count: 0, every: Duration::from_secs_f64(1.0 / per_second), senders }
            }
        }
    }

    /// A sender and when it should have sent.
    fn next(&mut self, now: Instant) -> Option<(usize, Instant)> {
        let due = self.due();
        match self {
            Self::Closed { free } => free.pop().map(|sender| (sender, now)),
            Self::Open { count, senders, .. } => {
                let due = due.filter(|due| *due <= now)?;
                *count += 1;
                Some(((*count - 1) as usize % *senders, due))
            }
        }
    }

    /// When the next message of an open loop is to be sent.
    fn due(&self) -> Option<Instant> {
        match self {
            Self::Closed { .. } => None,
            Self::Open { begun, count, every, .. } => Some(*begun + *every * *count),
        }
    }

    fn extend(&mut self, done: Option<usize>) {
        if let Self::Closed { free } = self {
            free.extend(done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(pacing: Pacing) -> Load {
        let sender = Sender { socket: 0, room: 1 };
        Load {
            senders: vec![sender; 2],
            pacing,
            text_bytes: 1,
            lasts: Duration::from_secs(1),
            most: u64::MAX,
        }
    }

    #[test]
    fn in_a_closed_loop_a_sender_waits_for_its_last_message() {
        let now = Instant::now();
        let mut turns = Turns::new(&load(Pacing::Closed { window: 2 }), now);
        let first: Vec<_> = std::iter::from_fn(|| turns.next(now)).map(|(sender, _)| sender).collect();
        assert_eq!(first, [0, 1, 0, 1]);
        turns.extend(Some(1));
        assert_eq!(turns.next(now), Some((1, now)));
        assert_eq!(turns.next(now), None);
    }

    #[test]
    fn in_an_open_loop_a_late_message_counts_from_when_it_was_due() {
        let begun = Instant::now();
        let mut turns = Turns::new(&load(Pacing::Open { per_second: 100.0 }), begun);
        let late = begun + Duration::from_millis(25);
        let due: Vec<_> = std::iter::from_fn(|| turns.next(late)).collect();
        let at = |ms| begun + Duration::from_millis(ms);
        assert_eq!(due, [(0, at(0)), (1, at(10)), (0, at(20))]);
        assert_eq!(turns.due(), Some(at(30)));
    }
}
