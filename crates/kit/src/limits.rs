//! Rate limits by key. A refusal says how long to wait.

use std::{hash::Hash, num::NonZeroU32, sync::LazyLock, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DashMapStateStore,
};

use crate::{
    Error,
    metrics::{Counter, Family, Label},
    telemetry::Throttle,
};

/// By limit; one for the process, as its parts each have limits and a figure is told once.
pub(crate) static REFUSED: LazyLock<Family<Label, Counter>> = LazyLock::new(Family::default);

/// A token bucket for each key.
pub struct Limiter<K: Hash + Eq + Clone> {
    name: &'static str,
    refused: Counter,
    lines: Throttle,
    /// `None`: everything passes (`RATE_LIMITS=off`).
    buckets: Option<RateLimiter<K, DashMapStateStore<K>, DefaultClock>>,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    /// `burst` at once, one more every `period / count`. `name` tells it apart in figures and in the log.
    pub fn new(name: &'static str, count: NonZeroU32, period: Duration, burst: NonZeroU32) -> Self {
        let quota = Quota::with_period(period / count.get()).map(|quota| quota.allow_burst(burst));
        let refused = REFUSED.get_or_create_owned(&[("limit", name)]);
        let buckets = quota.map(RateLimiter::dashmap);
        Self { name, refused, lines: Throttle::default(), buckets }
    }

    pub fn off() -> Self {
        Self { name: "", refused: Counter::default(), lines: Throttle::default(), buckets: None }
    }

    /// Takes one token, or says how long until there is one.
    pub fn check(&self, key: &K) -> Result<(), Error> {
        let Some(buckets) = &self.buckets else { return Ok(()) };
        buckets.check_key(key).map_err(|refused| {
            self.refused.inc();
            if let Some(held_back) = self.lines.pass() {
                tracing::info!(limit = self.name, held_back, "refused: too much, too fast");
            }
            Error::rate_limited(refused.wait_time_from(DefaultClock::default().now()))
        })
    }

    /// Forgets keys whose bucket is full again; call it on a timer.
    pub fn sweep(&self) {
        if let Some(buckets) = &self.buckets {
            buckets.retain_recent();
            buckets.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_burst_and_is_then_told_to_wait() {
        let two = NonZeroU32::new(2).unwrap();
        let limiter = Limiter::new("test", two, Duration::from_secs(60), two);
        assert!(limiter.check(&"a").is_ok() && limiter.check(&"a").is_ok());
        let Err(Error::Refused(refusal)) = limiter.check(&"a") else { panic!("not limited") };
        assert!(refusal.retry_after.is_some_and(|wait| wait > Duration::from_secs(20)));
        assert!(limiter.check(&"b").is_ok());
        assert_eq!(limiter.refused.get(), 1);
    }
}
