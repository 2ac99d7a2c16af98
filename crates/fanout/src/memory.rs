//! The bus of one process: a bounded backlog for each listener.

mod backlog;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{Bus, Deliveries, Delivery, Event, Interest, Topic};
use backlog::{Backlog, Waiting, backlog};

/// How many events may wait for one listener before it is told that it missed some.
const BACKLOG_MAX: usize = 16 * 1024;

#[derive(Debug, Clone, Default)]
pub struct MemoryBus {
    listeners: Arc<Mutex<Vec<Arc<Listener>>>>,
}

#[derive(Debug)]
struct Listener {
    topics: Mutex<HashSet<Topic>>,
    backlog: Backlog,
}

struct MemoryDeliveries(Waiting);

#[async_trait]
impl Bus for MemoryBus {
    async fn publish(&self, events: Vec<Event>) {
        for event in events.into_iter().map(Arc::new) {
            for topic in event.topics() {
                self.deliver(topic, &event);
            }
        }
    }

    fn subscribe(&self) -> (Box<dyn Interest>, Box<dyn Deliveries>) {
        let (backlog, waiting) = backlog(BACKLOG_MAX);
        let listener = Arc::new(Listener { topics: Mutex::default(), backlog });
        self.listeners().push(listener.clone());
        (Box::new(listener), Box::new(MemoryDeliveries(waiting)))
    }
}

impl MemoryBus {
    /// Hands on one topic's copy of an event.
    pub(crate) fn deliver(&self, topic: Topic, event: &Arc<Event>) {
        for listener in self.listeners().iter().filter(|listener| listener.hears(topic)) {
            listener.backlog.push(Delivery::Event(topic, event.clone()));
        }
    }

    /// Tells every listener that it may have missed anything.
    pub fn missed(&self) {
        for listener in self.listeners().iter() {
            listener.backlog.push(Delivery::Missed);
        }
    }

    fn listeners(&self) -> MutexGuard<'_, Vec<Arc<Listener>>> {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| !listener.backlog.is_closed());
        listeners
    }
}

impl Listener {
    fn hears(&self, topic: Topic) -> bool {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).contains(&topic)
    }
}

#[async_trait]
impl Interest for Arc<Listener> {
    async fn listen(&self, topics: &[Topic]) {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).extend(topics);
    }

    async fn unlisten(&self, topics: &[Topic]) {
        let mut heard = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        for topic in topics {
            heard.remove(topic);
        }
    }
}

#[async_trait]
impl Deliveries for MemoryDeliveries {
    async fn next(&mut self) -> Option<Delivery> {
        self.0.next().await
    }

    fn waiting(&self) -> usize {
        self.0.len()
    }
}
