//! What chat counts: what became of sends, and how the writer stores them.

use std::time::Duration;

use kit::{
    Error, Kind, Result,
    metrics::{Counter, Family, Histogram, Label, Registry, SECONDS, counters, gauge},
};
use protocol::seams::Sent;

use crate::Chat;

/// Powers of two up to the writer's largest batch.
const BATCHES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What becomes of sends when something is wrong with us.
const ALARMING: [&str; 2] = ["unavailable", "failed"];

pub(crate) struct Metrics {
    sends: Family<Label, Counter>,
    reads: Family<Label, Counter>,
    pub writer: Writer,
}

#[derive(Clone)]
pub(crate) struct Writer {
    batches: Histogram,
    seconds: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        let writer = Writer { batches: Histogram::new(BATCHES), seconds: Histogram::new(SECONDS) };
        let sends = counters(ALARMING.map(|outcome| [("outcome", outcome)]));
        Self { sends, reads: Family::default(), writer }
    }
}

impl Metrics {
    pub fn answered(&self, answers: &[Result<Sent>]) {
        for answer in answers {
            self.sends.get_or_create(&[("outcome", outcome(answer))]).inc();
        }
    }
}

impl Metrics {
    /// Where a page came from.
    pub fn read(&self, from: &'static str) {
        self.reads.get_or_create(&[("from", from)]).inc();
    }
}

impl Writer {
    pub fn stored(&self, drafts: usize, took: Duration) {
        self.batches.observe(u32::try_from(drafts).unwrap_or(u32::MAX).into());
        self.seconds.observe(took.as_secs_f64());
    }
}

impl Chat {
    pub fn register_metrics(&self, registry: &mut Registry) {
        let Metrics { sends, reads, writer } = &self.0.metrics;
        registry.register("sends", "Messages that somebody sent, by what became of them", sends.clone());
        registry.register("history_reads", "Pages of messages, by where they came from", reads.clone());
        let chat = self.clone();
        let help = "Memory that holds the newest messages of rooms";
        gauge(registry, "history_memory_bytes", help, move || chat.0.recent.bytes());
        let help = "Messages that the writer stored in one transaction";
        registry.register("writer_batch_messages", help, writer.batches.clone());
        let help = "What the writer took for one batch, its commit included";
        registry.register("writer_batch_seconds", help, writer.seconds.clone());
        let chat = self.clone();
        let help = "Messages that wait for the writer";
        gauge(registry, "writer_queue_messages", help, move || chat.0.queue.waiting());
    }
}

fn outcome(answer: &Result<Sent>) -> &'static str {
    match answer {
        Ok(Sent { duplicate: false, .. }) => "stored",
        Ok(Sent { duplicate: true, .. }) => "repeated",
        Err(Error::Refused(refusal)) => match refusal.kind {
            Kind::NotFound => "not_found",
            Kind::Conflict => "conflict",
            Kind::RateLimited => "rate_limited",
            Kind::Unavailable => "unavailable",
            _ => "refused",
        },
        Err(Error::Internal(_)) => "failed",
    }
}
