//! Latencies of a run, in microseconds, in a histogram of three digits.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::Outcome;

const LONGEST: Duration = Duration::from_secs(600);
const DIGITS: u8 = 3;

#[derive(Debug, Clone)]
pub struct Latencies(Histogram<u64>);

impl Latencies {
    pub fn new() -> Outcome<Self> {
        Ok(Self(Histogram::new_with_bounds(1, micros(LONGEST), DIGITS)?))
    }

    /// What took longer than ten minutes counts as ten minutes.
    pub fn record(&mut self, latency: Duration) {
        self.0.saturating_record(micros(latency).max(1));
    }

    #[cfg(test)]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    pub fn percentile(&self, percent: f64) -> Duration {
        Duration::from_micros(self.0.value_at_percentile(percent))
    }

    pub fn max(&self) -> Duration {
        Duration::from_micros(self.0.max())
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_as_exact_as_three_digits() {
        let mut latencies = Latencies::new().unwrap();
        (1..=1000).for_each(|ms| latencies.record(Duration::from_millis(ms)));
        assert_eq!(latencies.count(), 1000);
        let p99 = latencies.percentile(99.0).as_secs_f64();
        assert!((0.990..=0.991).contains(&p99), "{p99}");
        assert!(latencies.max() >= Duration::from_secs(1));
    }

    #[test]
    fn what_is_out_of_bounds_is_kept_at_the_bound() {
        let mut latencies = Latencies::new().unwrap();
        latencies.record(Duration::ZERO);
        latencies.record(Duration::from_secs(100_000));
        assert_eq!(latencies.count(), 2);
    }
}
