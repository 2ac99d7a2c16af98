//! The bus of one process: bounded channels. A listener that falls behind loses events and is told so.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::{Bus, BusDown, Deliveries, Delivery, Event, Interest, Topic};

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
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| !listener.queue.is_closed());
        for event in events.into_iter().map(Arc::new) {
            for topic in event.topics() {
                for listener in listeners.iter().filter(|listener| listener.hears(topic)) {
                    listener.deliver(Delivery::Event(topic, event.clone()));
                }
            }
        }
    }

    fn subscribe(&self) -> (Box<dyn Interest>, Box<dyn Deliveries>) {
        let (sender, queue) = mpsc::channel(BACKLOG_MAX);
        let listener =
            Arc::new(Listener { topics: Mutex::default(), queue: sender, missed: AtomicBool::new(false) });
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener.clone());
        (Box::new(Arc::clone(&listener)), Box::new(MemoryDeliveries { listener, queue }))
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
    async fn listen(&self, topics: &[Topic]) -> Result<(), BusDown> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).extend(topics);
        Ok(())
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
}

#[cfg(test)]
mod tests {
    use protocol::{RoomId, UserId};

    use super::*;

    fn deleted(room: i64) -> Event {
        Event::RoomDeleted { room_id: RoomId(room) }
    }

    #[tokio::test]
    async fn a_listener_hears_its_topics_in_order_and_no_others() {
        let bus = MemoryBus::default();
        let (interest, mut deliveries) = bus.subscribe();
        interest.listen(&[Topic::Room(RoomId(1)), Topic::Room(RoomId(3))]).await.unwrap();
        bus.publish(vec![deleted(1), deleted(2), deleted(3)]).await;
        interest.unlisten(&[Topic::Room(RoomId(3))]).await;
        bus.publish(vec![deleted(3), deleted(1)]).await;

        for room in [1, 3, 1] {
            let expected = Delivery::Event(Topic::Room(RoomId(room)), Arc::new(deleted(room)));
            assert_eq!(deliveries.next().await, Some(expected));
        }
    }

    #[tokio::test]
    async fn an_event_of_two_topics_comes_once_for_each() {
        let bus = MemoryBus::default();
        let (interest, mut deliveries) = bus.subscribe();
        let (room_id, user_id) = (RoomId(1), UserId::random());
        interest.listen(&[Topic::User(user_id), Topic::Room(room_id)]).await.unwrap();
        let event =
            Event::MemberAdded { room_id, user_id, username: "bob".into(), members_rev: 2, rooms_rev: 1 };
        bus.publish(vec![event.clone()]).await;

        for topic in [Topic::Room(room_id), Topic::User(user_id)] {
            assert_eq!(deliveries.next().await, Some(Delivery::Event(topic, Arc::new(event.clone()))));
        }
    }

    #[tokio::test]
    async fn a_listener_that_falls_behind_is_told_so_and_holds_up_nobody() {
        let bus = MemoryBus::default();
        let (interest, mut deliveries) = bus.subscribe();
        interest.listen(&[Topic::Room(RoomId(1))]).await.unwrap();
        for _ in 0..=BACKLOG_MAX {
            bus.publish(vec![deleted(1)]).await;
        }
        assert_eq!(deliveries.next().await, Some(Delivery::Missed));
        assert!(matches!(deliveries.next().await, Some(Delivery::Event(..))));
    }
}
