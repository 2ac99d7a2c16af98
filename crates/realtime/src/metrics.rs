//! What sockets count. The hub and the sockets count in shared counters; what is open is read when somebody asks.

use kit::metrics::{ByCode, Counter, Family, Histogram, Label, Registry, SECONDS, counters, gauge};
use protocol::{ServerEvent, Timestamp, events::SocketErrorCode};

use crate::Realtime;

#[derive(Clone)]
pub(crate) struct Metrics {
    /// Frames handed to sockets, one for each socket.
    pub deliveries: Counter,
    /// From the storing of a message until it was written to its sockets.
    lag: Histogram,
    /// Writes of which the kernel did not take everything at once.
    pub stalls: Counter,
    repairs: Family<Label, Counter>,
    ends: Family<Label, Counter>,
    refusals: Family<ByCode<SocketErrorCode>, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            deliveries: Counter::default(),
            lag: Histogram::new(SECONDS),
            stalls: Counter::default(),
            repairs: counters([[("what", "events")]]),
            ends: Family::default(),
            refusals: Family::default(),
        }
    }
}

impl Metrics {
    /// Something had to be read that events should have told.
    pub fn repaired(&self, what: &'static str) {
        self.repairs.get_or_create(&[("what", what)]).inc();
    }

    /// A message that was stored then.
    pub fn delivered(&self, stored_at: Timestamp) {
        let ms = u32::try_from((Timestamp::now().0 - stored_at.0).max(0)).unwrap_or(u32::MAX);
        self.lag.observe(f64::from(ms) / 1000.0);
    }

    /// An answer to what somebody asked by a socket.
    pub fn answered(&self, event: &ServerEvent) {
        if let ServerEvent::Error(error) = event {
            self.refusals.get_or_create(&ByCode(error.code)).inc();
        }
    }

    pub fn ended(&self, reason: &'static str) {
        self.ends.get_or_create(&[("reason", reason)]).inc();
    }
}

impl Realtime {
    pub fn register_metrics(&self, registry: &mut Registry) {
        let Metrics { deliveries, lag, stalls, repairs, ends, refusals } = &self.0.metrics;
        let help = "Events handed to sockets, counted once for each socket";
        registry.register("deliveries", help, deliveries.clone());
        let help = "From the moment that a message carries as createdAt until it was written to sockets: the oldest of \
                    each pass over them";
        registry.register("delivery_lag_seconds", help, lag.clone());
        let help = "Times that a socket had to wait because its peer did not read";
        registry.register("socket_stalls", help, stalls.clone());
        let help = "Reads of what events should have told, by what was missing";
        registry.register("repairs", help, repairs.clone());
        let help = "Sockets that ended, by the reason they were closed with; gone: nobody was left to tell";
        registry.register("socket_ends", help, ends.clone());
        let help = "What clients asked by socket and were refused, by the code they were told";
        registry.register("socket_refusals", help, refusals.clone());

        let pace = self.0.shards.pace.clone();
        let help = "Sockets with something to write whose turn has not come";
        gauge(registry, "writing_queue_sockets", help, move || pace.behind());
        let hub = self.0.hub.clone();
        gauge(registry, "connections", "Open sockets", move || hub.stats().connections);
        let hub = self.0.hub.clone();
        gauge(registry, "connected_users", "Users with an open socket", move || hub.stats().users);
        let hub = self.0.hub.clone();
        gauge(registry, "live_rooms", "Rooms that an open socket carries", move || hub.stats().rooms);
        let hub = self.0.hub.clone();
        gauge(registry, "hub_queue_events", "Events that wait for the hub", move || hub.events_waiting());
        let hub = self.0.hub.clone();
        gauge(registry, "hub_queue_commands", "Requests of sockets that wait for the hub", move || {
            hub.commands_waiting()
        });
    }
}
