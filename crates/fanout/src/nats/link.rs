//! Whether NATS answers. A probe is a message to oneself: once it is back, NATS has seen whatever was asked before it,
//! subscriptions included. The library's own flush ends at the socket and proves nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_nats::{Client, Event, Subscriber};
use futures::StreamExt;
use kit::{shutdown::Tasks, telemetry::Throttle};
use tokio::{
    sync::{Notify, watch},
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::MemoryBus;

/// NATS is asked this often whether it is there.
const PERIOD: Duration = Duration::from_secs(1);
/// It answers within a millisecond when it is well.
const PATIENCE: Duration = Duration::from_millis(1500);

/// The connection was lost or made.
pub type News = Arc<Notify>;

pub struct Link {
    client: Client,
    subject: String,
    sent: AtomicU64,
    /// The last probe that came back.
    returned: watch::Sender<u64>,
    is_up: AtomicBool,
}

/// What the library is to call. It must not wait.
pub fn listener(local: &MemoryBus, news: &News) -> impl Fn(Event) + Send + Sync + 'static {
    let (local, news, noise) = (local.clone(), news.clone(), Throttle::default());
    move |event| match event {
        Event::Connected | Event::Disconnected => news.notify_one(),
        // The library dropped messages of a subscription.
        Event::SlowConsumer(_) => local.missed(),
        Event::ServerError(_) | Event::ClientError(_) => {
            if let Some(before) = noise.pass() {
                tracing::warn!(%event, before, "NATS");
            }
        }
        Event::LameDuckMode | Event::Draining | Event::Closed => {}
    }
}

impl Link {
    pub async fn start(
        client: &Client,
        subject: String,
        local: &MemoryBus,
        news: News,
        tasks: &Tasks,
    ) -> Arc<Self> {
        let link = Arc::new(Self {
            client: client.clone(),
            subject,
            sent: AtomicU64::new(0),
            returned: watch::Sender::new(0),
            is_up: AtomicBool::new(true),
        });
        match client.subscribe(link.subject.clone()).await {
            Ok(own) => {
                tasks.spawn(|stopping| link.clone().keep(own, local.clone(), news, stopping));
            }
            Err(error) => tracing::error!(%error, "NATS cannot be watched"),
        }
        link
    }

    pub fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Acquire)
    }

    /// How often the connection was made after the first time.
    pub fn reconnects(&self) -> usize {
        let connects = self.client.statistics().connects.load(Ordering::Relaxed);
        connects.saturating_sub(1).try_into().unwrap_or(usize::MAX)
    }

    /// Returns once NATS has seen everything that was asked of it before, or is known to be away: then listeners hear
    /// `Missed` when it is back.
    pub async fn confirm(&self) {
        if self.is_up() && !self.probe().await {
            self.went_down();
        }
    }

    async fn keep(
        self: Arc<Self>,
        own: Subscriber,
        local: MemoryBus,
        news: News,
        stopping: CancellationToken,
    ) {
        let watching = async {
            let mut ticks = interval(PERIOD);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let connects = || self.client.statistics().connects.load(Ordering::Acquire);
            let mut known = connects();
            loop {
                tokio::select! {
                    _ = ticks.tick() => {}
                    () = news.notified() => {}
                }
                let current = connects();
                if !self.probe().await {
                    self.went_down();
                } else if self.came_up() || current != known {
                    // Everything is subscribed to again, and what was published meanwhile is gone.
                    known = current;
                    local.missed();
                }
            }
        };
        tokio::select! {
            () = watching => {}
            () = self.count(own) => {}
            () = stopping.cancelled() => {}
        }
    }

    async fn count(&self, mut own: Subscriber) {
        while let Some(message) = own.next().await {
            let number = std::str::from_utf8(&message.payload).ok().and_then(|text| text.parse().ok());
            self.returned.send_modify(|last| *last = number.unwrap_or(0).max(*last));
        }
    }

    async fn probe(&self) -> bool {
        let number = self.sent.fetch_add(1, Ordering::Relaxed) + 1;
        let mut returned = self.returned.subscribe();
        let there_and_back = async {
            self.client.publish(self.subject.clone(), number.to_string().into()).await.ok()?;
            returned.wait_for(|last| *last >= number).await.ok().map(|_| ())
        };
        matches!(timeout(PATIENCE, there_and_back).await, Ok(Some(())))
    }

    fn went_down(&self) {
        if self.is_up.swap(false, Ordering::AcqRel) {
            tracing::warn!(
                "NATS does not answer: events of other nodes come late, by comparing with the database"
            );
        }
    }

    /// Whether that is news.
    fn came_up(&self) -> bool {
        let is_news = !self.is_up.swap(true, Ordering::AcqRel);
        if is_news {
            tracing::info!("NATS answers again");
        }
        is_news
    }
}
