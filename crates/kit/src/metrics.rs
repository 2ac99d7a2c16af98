//! Figures for Prometheus: what the parts of a process register, and what is only read when somebody asks.

pub mod http;
mod process;

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text},
    metrics::gauge::ConstGauge,
};

pub use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

/// Bounds of what may take from below a millisecond to seconds.
pub const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// The format that `text` writes.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A label and its value, both known beforehand: what a counter in a `Family` is told apart by.
pub type Label = [(&'static str, &'static str); 1];

/// With what is known of the process itself, under the names that all exporters give it.
pub fn registry() -> Registry {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(process::Process));
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
    registry.register_collector(Box::new(Gauge { name, help, read: Box::new(read) }));
}

/// What a scrape is answered with.
pub fn text(registry: &Registry) -> String {
    let mut text = String::new();
    text::encode(&mut text, registry).expect("writing to a string cannot fail");
    text
}

struct Gauge {
    name: &'static str,
    help: &'static str,
    read: Box<dyn Fn() -> usize + Send + Sync>,
}

impl fmt::Debug for Gauge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl Collector for Gauge {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let gauge = ConstGauge::new(i64::try_from((self.read)()).unwrap_or(i64::MAX));
        gauge.encode(encoder.encode_descriptor(self.name, self.help, None, gauge.metric_type())?)
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
        let (mut registry, waiting) = (registry(), Arc::new(AtomicUsize::new(0)));
        let read = waiting.clone();
        gauge(ours(&mut registry), "waiting", "What waits", move || read.load(Ordering::Relaxed));
        assert!(text(&registry).contains("\ncloud_chat_waiting 0\n"));
        waiting.store(7, Ordering::Relaxed);
        assert!(text(&registry).contains("\ncloud_chat_waiting 7\n"));
    }

    #[test]
    fn the_process_is_measured_under_the_usual_names() {
        let text = text(&registry());
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
