//! The bus between processes: core NATS, one connection a process, one subject a topic. What this process publishes its
//! own listeners hear at once and without NATS; what others publish comes in by the subjects listened to.

mod checks;
mod hearing;
mod link;
mod parcels;
mod servers;
mod subjects;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_nats::Client;
use async_trait::async_trait;
use futures::FutureExt;
use kit::{
    metrics::{Counter, Registry, counter, gauge},
    shutdown::Tasks,
    telemetry::Throttle,
};
use tokio::task::unconstrained;

pub use servers::NatsServers;

use crate::{Bus, Deliveries, Event, Interest, MemoryBus, Topic};
use hearing::Hearing;
use link::Link;
use parcels::Parcels;
use subjects::Subjects;

#[derive(Clone)]
pub struct NatsBus(Arc<Inner>);

struct Inner {
    client: Client,
    /// The listeners of this process.
    local: MemoryBus,
    subjects: Subjects,
    parcels: Parcels,
    hearing: Hearing,
    link: Arc<Link>,
    unpublished: Throttle,
    dropped: Counter,
}

impl NatsBus {
    /// Waits until NATS answers, and says so in the log. `installation` keeps those apart that share a NATS: letters and
    /// digits.
    pub async fn connect(servers: &NatsServers, installation: &str, tasks: &Tasks) -> Self {
        let (local, subjects, parcels) = (MemoryBus::default(), Subjects::new(installation), Parcels::new());
        let news = link::News::default();
        let client = servers.connect(link::listener(&local, &news)).await;
        let link = Link::start(&client, subjects.probe(), &local, news, tasks).await;
        let hearing = Hearing::start(&client, &local, &parcels, tasks);
        let (unpublished, dropped) = (Throttle::default(), Counter::default());
        Self(Arc::new(Inner { client, local, subjects, parcels, hearing, link, unpublished, dropped }))
    }

    pub fn register_metrics(&self, registry: &mut Registry) {
        let bus = self.clone();
        gauge(registry, "nats_up", "Whether NATS answers", move || bus.is_up().into());
        let bus = self.clone();
        counter(
            registry,
            "nats_reconnects",
            "Times that the connection to NATS was lost and made again",
            move || bus.0.link.reconnects(),
        );
        let help = "Events that NATS could not take: other nodes find out by comparing";
        registry.register("nats_dropped_events", help, self.0.dropped.clone());
    }

    /// Whether NATS answers now.
    pub fn is_up(&self) -> bool {
        self.0.link.is_up()
    }
}

#[async_trait]
impl Bus for NatsBus {
    /// Never waits: what NATS cannot take now is dropped, and found by comparing with the database.
    async fn publish(&self, events: Vec<Event>) {
        let mut dropped = 0_usize;
        for event in &events {
            let payload = self.0.parcels.pack(event);
            for topic in event.topics() {
                dropped += usize::from(!self.0.hand_on(topic, payload.clone()));
            }
        }
        self.0.dropped.inc_by(dropped.try_into().unwrap_or(u64::MAX));
        if dropped > 0
            && let Some(before) = self.0.unpublished.pass()
        {
            tracing::warn!(dropped, before, "events were not published: other nodes find out by comparing");
        }
        self.0.local.publish(events).await;
    }

    fn subscribe(&self) -> (Box<dyn Interest>, Box<dyn Deliveries>) {
        let (local, deliveries) = self.0.local.subscribe();
        (Box::new(NatsInterest { bus: self.0.clone(), local, topics: Mutex::default() }), deliveries)
    }
}

impl Inner {
    /// `false` if it was dropped.
    fn hand_on(&self, topic: Topic, payload: bytes::Bytes) -> bool {
        if !self.link.is_up() {
            return false;
        }
        // It either goes into the client's queue now or that is full.
        match unconstrained(self.client.publish(self.subjects.of(topic), payload)).now_or_never() {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                tracing::error!(%error, "an event cannot be published");
                false
            }
            None => false,
        }
    }
}

struct NatsInterest {
    bus: Arc<Inner>,
    local: Box<dyn Interest>,
    topics: Mutex<HashSet<Topic>>,
}

#[async_trait]
impl Interest for NatsInterest {
    async fn listen(&self, topics: &[Topic]) {
        self.local.listen(topics).await;
        let mut held = self.bus.hearing.lock().await;
        for topic in topics {
            if !self.is_held(*topic) {
                held.hold(*topic, self.bus.subjects.of(*topic)).await;
                self.topics.lock().unwrap_or_else(PoisonError::into_inner).insert(*topic);
            }
        }
        drop(held);
        self.bus.link.confirm().await;
    }

    async fn unlisten(&self, topics: &[Topic]) {
        self.local.unlisten(topics).await;
        let mut held = self.bus.hearing.lock().await;
        for topic in topics {
            if self.topics.lock().unwrap_or_else(PoisonError::into_inner).remove(topic) {
                held.release(*topic);
            }
        }
    }
}

impl NatsInterest {
    fn is_held(&self, topic: Topic) -> bool {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).contains(&topic)
    }
}
