//! The bus of one process: bounded channels. A listener that falls behind loses events and is told so.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{Bus, Deliveries, Delivery, Event, Interest, Topic};

/// How many events may wait for one listener before it is told that it missed some.
const BACKLOG_MAX: usize = 16 * 1024;

#[derive(Debug, Clone, Default)]
pub struct MemoryBus {
    listeners: Arc<Mutex<Vec<Arc<Listener>>>>,
}

#[derive(Debug)]
struct Listener {
    topics: Mutex<HashSet<Topic>>,
    queue: mpsc::Sender<Delivery>,
    missed: AtomicBool,
}

struct MemoryDeliveries {
    listener: Arc<Listener>,
    queue: mpsc::Receiver<Delivery>,
}

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
        let (sender, queue) = mpsc::channel(BACKLOG_MAX);
        let listener =
            Arc::new(Listener { topics: Mutex::default(), queue: sender, missed: AtomicBool::new(false) });
        self.listeners().push(listener.clone());
        (Box::new(Arc::clone(&listener)), Box::new(MemoryDeliveries { listener, queue }))
    }
}

impl MemoryBus {
    /// Hands on one topic's copy of an event.
    pub(crate) fn deliver(&self, topic: Topic, event: &Arc<Event>) {
        for listener in self.listeners().iter().filter(|listener| listener.hears(topic)) {
            listener.deliver(Delivery::Event(topic, event.clone()));
        }
    }

    /// Tells every listener that it may have missed anything.
    pub(crate) fn missed(&self) {
        for listener in self.listeners().iter() {
            listener.deliver(Delivery::Missed);
        }
    }

    fn listeners(&self) -> MutexGuard<'_, Vec<Arc<Listener>>> {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| !listener.queue.is_closed());
        listeners
    }
}

impl Listener {
    fn hears(&self, topic: Topic) -> bool {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).contains(&topic)
    }

    fn deliver(&self, delivery: Delivery) {
        if self.queue.try_send(delivery).is_err() {
            self.missed.store(true, Ordering::Release);
        }
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
        if self.listener.missed.swap(false, Ordering::AcqRel) {
            return Some(Delivery::Missed);
        }
        self.queue.recv().await
    }

    fn waiting(&self) -> usize {
        self.queue.len()
    }
}
