//! Which events are on their way: each has a ticket, torn up when it was told or given up.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::Timestamp;

#[derive(Clone, Default)]
pub struct Tickets(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    next: u64,
    issued: BTreeMap<u64, Timestamp>,
}

pub struct Ticket {
    number: u64,
    tickets: Tickets,
}

impl Tickets {
    pub fn issue(&self) -> Ticket {
        let mut open = self.lock();
        open.next += 1;
        let number = open.next;
        open.issued.insert(number, Timestamp::now());
        Ticket { number, tickets: self.clone() }
    }

    /// Since when the oldest is on its way; now, where none is.
    pub fn oldest(&self) -> Timestamp {
        self.lock().issued.values().next().copied().unwrap_or_else(Timestamp::now)
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.tickets.lock().issued.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_that_is_on_its_way_counts() {
        let (tickets, before) = (Tickets::default(), Timestamp::now());
        let (first, second) = (tickets.issue(), tickets.issue());
        let issued = tickets.oldest();
        drop(second);
        assert_eq!(tickets.oldest(), issued);
        drop(first);
        assert!(tickets.oldest() >= issued && issued >= before);
    }
}
