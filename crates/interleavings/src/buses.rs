//! The bus of one process: whoever publishes, and a listener that is too slow for it.

use std::sync::{Arc, PoisonError};

use fanout::{Event, Topic};
use loom::{future::block_on, sync::Mutex, thread};
use protocol::{RoomId, Seq, UserId};

use crate::{Delivery, backlog::backlog, explore};

/// As the hub does it: events that follow each other are all it needs; what was missed it reads in the database.
pub fn a_listener_that_fell_behind_is_told(events: usize, backlog_max: usize, preemptions_max: usize) {
    explore(preemptions_max, move || {
        let (backlog, mut waiting) = backlog(backlog_max);
        let committed = Arc::new(Mutex::new(0));
        let database = committed.clone();
        let read = move || *database.lock().unwrap_or_else(PoisonError::into_inner);
        let publisher = thread::spawn(move || {
            for number in 1..=events {
                *committed.lock().unwrap_or_else(PoisonError::into_inner) = number;
                backlog.push(Delivery::Event(Topic::Accounts, Arc::new(event(number))));
            }
            backlog
        });
        let mut known = 0;
        while known < events {
            match block_on(waiting.next()).expect("the bus is there") {
                Delivery::Event(_, event) if number(&event) == known + 1 => known += 1,
                _ => known = known.max(read()),
            }
        }
        drop(publisher.join().expect("it does not panic"));
    });
}

fn event(number: usize) -> Event {
    let seq = Seq(i64::try_from(number).expect("few"));
    Event::Read { user_id: UserId::random(), room_id: RoomId(1), seq }
}

fn number(event: &Event) -> usize {
    match event {
        Event::Read { seq, .. } => usize::try_from(seq.0).expect("few"),
        event => panic!("{event:?}"),
    }
}
