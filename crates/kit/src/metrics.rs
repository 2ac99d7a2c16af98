//! Figures for Prometheus: what the parts of a process register, and what is only read when somebody asks.

pub mod databases;
pub mod http;
mod process;

use std::{fmt, hash::Hash};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, LabelSetEncoder, MetricEncoder, text},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge, info::Info},
};
use serde::Serialize;

pub use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use crate::limits;

/// Bounds of what may take from below a millisecond to seconds.
pub const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// The format that `text` writes.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A label and its value, both known beforehand: what a counter in a `Family` is told apart by.
pub type Label = [(&'static str, &'static str); 1];

/// Counters of which these are told as 0 from the start: what appears only with its first case has no rate before the second.
pub fn counters<L: Clone + Eq + Hash>(labels: impl IntoIterator<Item = L>) -> Family<L, Counter> {
    let family = Family::default();
    for labels in labels {
        drop(family.get_or_create(&labels));
    }
    family
}

/// An error code as the label `code`, spelled as clients read it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ByCode<C>(pub C);

impl<C: Serialize> EncodeLabelSet for ByCode<C> {
    fn encode(&self, encoder: &mut LabelSetEncoder) -> fmt::Result {
        let code = serde_json::to_value(&self.0).map_err(|_| fmt::Error)?;
        [("code", code.as_str().unwrap_or_default())].encode(encoder)
    }
}

/// With what every process tells: which one it is, itself as the system sees it under the names that all exporters give
/// it, and whom its limits held up. `role`: `auth`, `chat`, `ws`, or `everything`.
pub fn registry(role: &'static str) -> Registry {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(process::Process));
    let ours = ours(&mut registry);
    let build = Info::new([("version", env!("CARGO_PKG_VERSION")), ("role", role)]);
    ours.register("build", "The program that runs, and which part it plays", build);
    let help = "What was refused for being too much, by the limit that refused it";
    ours.register("rate_limited", help, limits::REFUSED.clone());
    registry
}

/// Where everything of ours is registered.
pub fn ours(registry: &mut Registry) -> &mut Registry {
    registry.sub_registry_with_prefix("cloud_chat")
}

/// A figure that is read when somebody asks for it.
pub fn gauge(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    read: impl Fn() -> usize + Send + Sync + 'static,
) {
    labelled_gauge(registry, name, help, [], read);
}

/// The same with labels that never change.
pub fn labelled_gauge<const N: usize>(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    labels: [(&'static str, &'static str); N],
    read: impl Fn() -> usize + Send + Sync + 'static,
) {
    let kind = MetricType::Gauge;
    registry.register_collector(Box::new(Figure { name, help, kind, labels, read: Box::new(read) }));
}

/// A count that somebody else keeps, read when it is asked for; `_total` is added to its name.
pub fn counter(
    registry: &mut Registry,
    name: &'static str,
    help: &'static str,
    read: impl Fn() -> usize + Send + Sync + 'static,
) {
    let kind = MetricType::Counter;
    registry.register_collector(Box::new(Figure { name, help, kind, labels: [], read: Box::new(read) }));
}

/// What a scrape is answered with.
pub fn text(registry: &Registry) -> String {
    let mut text = String::new();
    text::encode(&mut text, registry).expect("writing to a string cannot fail");
    text
}

struct Figure<const N: usize> {
    name: &'static str,
    help: &'static str,
    kind: MetricType,
    labels: [(&'static str, &'static str); N],
    read: Box<dyn Fn() -> usize + Send + Sync>,
}

impl<const N: usize> fmt::Debug for Figure<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl<const N: usize> Collector for Figure<N> {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let mut encoder = encoder.encode_descriptor(self.name, self.help, None, self.kind)?;
        let value = (self.read)();
        if N == 0 {
            self.write(value, encoder)
        } else {
            self.write(value, encoder.encode_family(&self.labels)?)
        }
    }
}

impl<const N: usize> Figure<N> {
    fn write(&self, value: usize, encoder: MetricEncoder<'_>) -> fmt::Result {
        match self.kind {
            MetricType::Counter => {
                ConstCounter::new(u64::try_from(value).unwrap_or(u64::MAX)).encode(encoder)
            }
            _ => ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)).encode(encoder),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[test]
    fn a_gauge_is_read_when_it_is_asked_for() {
        let (mut registry, waiting) = (registry("everything"), Arc::new(AtomicUsize::new(0)));
        let read = waiting.clone();
        gauge(ours(&mut registry), "waiting", "What waits", move || read.load(Ordering::Relaxed));
        assert!(text(&registry).contains("\ncloud_chat_waiting 0\n"));
        waiting.store(7, Ordering::Relaxed);
        assert!(text(&registry).contains("\ncloud_chat_waiting 7\n"));
    }

    #[test]
    fn the_process_is_measured_under_the_usual_names() {
        let text = text(&registry("everything"));
        for name in [
            "process_cpu_seconds_total",
            "process_resident_memory_bytes",
            "process_open_fds",
            "process_max_fds",
            "process_start_time_seconds",
        ] {
            let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
            assert!(value.is_some_and(|value| value >= 0.0), "{name} in {text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
