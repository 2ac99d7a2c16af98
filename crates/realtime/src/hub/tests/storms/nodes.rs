//! One of several processes over the same rooms, and what is on its way to it.

use std::sync::Arc;

use fanout::{Bus, Event, MemoryBus};
use protocol::SessionId;

use super::{
    super::{Duration, Setup, World, setup_over},
    Way,
};
use crate::Config;

pub struct Node {
    pub setup: Setup,
    pub under_way: Vec<Event>,
    bus: MemoryBus,
    is_cut: bool,
}

impl Node {
    pub fn start(world: &Arc<World>, revoked: &[SessionId]) -> Self {
        let bus = MemoryBus::default();
        let setup = setup_over(world.clone(), &bus, Config::default());
        setup.revocations.add_now(revoked);
        Self { setup, under_way: Vec::new(), bus, is_cut: false }
    }

    pub async fn tell(&mut self, event: &Event, way: Way) {
        if [Way::Now, Way::Twice].contains(&way) {
            self.hear(event.clone()).await;
        }
        if [Way::Late, Way::Twice].contains(&way) {
            self.under_way.push(event.clone());
        }
    }

    pub async fn arrive(&mut self, nth: usize) {
        if let Some(nth) = nth.checked_rem(self.under_way.len()) {
            let event = self.under_way.remove(nth);
            self.hear(event).await;
        }
    }

    /// What comes meanwhile is lost, and afterwards it is told so.
    pub fn cut(&mut self, is_cut: bool) {
        if std::mem::replace(&mut self.is_cut, is_cut) && !is_cut {
            self.bus.missed();
        }
    }

    pub fn revoke(&self, session: SessionId) {
        self.setup.revocations.add_now(&[session]);
        self.setup.realtime.revoke(&[session]);
    }

    pub async fn end(self) {
        assert!(self.setup.tasks.stop(Duration::from_secs(60)).await, "it ends");
    }

    async fn hear(&self, event: Event) {
        if !self.is_cut {
            self.bus.publish(vec![event]).await;
        }
    }
}
