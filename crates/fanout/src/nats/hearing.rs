//! The subjects that this process has subscribed to, each once however many of its listeners want it.

use std::collections::{HashMap, hash_map::Entry};

use async_nats::{Client, Message};
use futures::{
    StreamExt,
    stream::{BoxStream, SelectAll},
};
use kit::shutdown::Tasks;
use tokio::sync::{Mutex, MutexGuard, mpsc};
use tokio_util::sync::CancellationToken;

use super::parcels::Parcels;
use crate::{MemoryBus, Topic};

/// Subscriptions that wait to be read.
const FRESH_MAX: usize = 64;

type Incoming = BoxStream<'static, (Topic, Message)>;

pub struct Hearing(Mutex<Held>);

pub struct Held {
    client: Client,
    topics: HashMap<Topic, Holders>,
    fresh: mpsc::Sender<Incoming>,
}

struct Holders {
    count: usize,
    /// Ends the subscription.
    ended: CancellationToken,
}

impl Hearing {
    pub fn start(client: &Client, local: &MemoryBus, parcels: &Parcels, tasks: &Tasks) -> Self {
        let (fresh, subscriptions) = mpsc::channel(FRESH_MAX);
        let (local, parcels) = (local.clone(), parcels.clone());
        tasks.spawn(|stopping| async move {
            stopping.run_until_cancelled(hear(subscriptions, local, parcels)).await;
        });
        Self(Mutex::new(Held { client: client.clone(), topics: HashMap::new(), fresh }))
    }

    /// Held while a subscription is made: whoever wants the same topic meanwhile waits until it is.
    pub async fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().await
    }
}

impl Held {
    pub async fn hold(&mut self, topic: Topic, subject: String) {
        let entry = match self.topics.entry(topic) {
            Entry::Occupied(mut holders) => {
                holders.get_mut().count += 1;
                return;
            }
            Entry::Vacant(entry) => entry,
        };
        // Both fail only where the process is stopping.
        let Ok(subscriber) = self.client.subscribe(subject).await else { return };
        let ended = CancellationToken::new();
        let messages = subscriber.map(move |message| (topic, message));
        let messages = messages.take_until(ended.clone().cancelled_owned()).boxed();
        if self.fresh.send(messages).await.is_ok() {
            entry.insert(Holders { count: 1, ended });
        }
    }

    pub fn release(&mut self, topic: Topic) {
        let Entry::Occupied(mut holders) = self.topics.entry(topic) else { return };
        holders.get_mut().count -= 1;
        if holders.get().count == 0 {
            holders.remove().ended.cancel();
        }
    }
}

async fn hear(mut fresh: mpsc::Receiver<Incoming>, local: MemoryBus, parcels: Parcels) {
    let mut incoming = SelectAll::new();
    loop {
        tokio::select! {
            Some(subscription) = fresh.recv() => incoming.push(subscription),
            Some((topic, message)) = incoming.next(), if !incoming.is_empty() => {
                if let Some(event) = parcels.unpack(topic, &message) {
                    local.deliver(topic, &event);
                }
            }
            else => return,
        }
    }
}
