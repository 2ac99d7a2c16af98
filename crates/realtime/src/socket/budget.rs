//! How many bad frames a connection may send: a token bucket.

use std::time::Duration;

use tokio::time::Instant;

const PER_SECOND: f64 = 20.0;
const BURST: f64 = 200.0;

#[derive(Debug)]
pub(super) struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    pub fn full(now: Instant) -> Self {
        Self { left: BURST, at: now }
    }

    /// Takes one; `false` once the budget is spent.
    pub fn spend(&mut self, now: Instant) -> bool {
        let passed: Duration = now.saturating_duration_since(self.at);
        self.at = now;
        self.left = (self.left + passed.as_secs_f64() * PER_SECOND).min(BURST);
        let is_left = self.left >= 1.0;
        if is_left {
            self.left -= 1.0;
        }
        is_left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_twenty_a_second_after_it() {
        let start = Instant::now();
        let mut budget = Budget::full(start);
        assert!((0..200).all(|_| budget.spend(start)));
        assert!(!budget.spend(start));
        let later = start + Duration::from_secs(1);
        assert!((0..20).all(|_| budget.spend(later)));
        assert!(!budget.spend(later));
    }
}
