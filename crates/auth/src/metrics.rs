//! What auth counts: logins by what became of them, and refresh tokens that somebody had a copy of.

use kit::{
    Error, Kind, Result,
    metrics::{Counter, Family, Label, Registry, counters, gauge},
};

use crate::{Auth, sessions::Grant};

const OUTCOMES: [&str; 6] =
    ["succeeded", "bad_credentials", "disabled", "rate_limited", "unavailable", "failed"];

pub(crate) struct Metrics {
    logins: Family<Label, Counter>,
    pub reuses: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let logins = counters(OUTCOMES.map(|outcome| [("outcome", outcome)]));
        Self { logins, reuses: Counter::default() }
    }
}

impl Metrics {
    pub fn logged_in(&self, result: &Result<Grant>) {
        self.logins.get_or_create(&[("outcome", outcome(result))]).inc();
    }
}

impl Auth {
    pub fn register_metrics(&self, registry: &mut Registry) {
        let Metrics { logins, reuses } = &self.0.metrics;
        registry.register("logins", "Logins that somebody tried, by what became of them", logins.clone());
        let help = "Refresh tokens that came back after they were used up: their sessions were ended";
        registry.register("refresh_token_reuses", help, reuses.clone());
        let auth = self.clone();
        let help = "Passwords that wait to be hashed or compared, or are";
        gauge(registry, "password_queue", help, move || auth.0.hasher.waiting());
    }
}

fn outcome(result: &Result<Grant>) -> &'static str {
    match result {
        Ok(_) => "succeeded",
        Err(Error::Refused(refusal)) => match refusal.kind {
            Kind::Unauthorized => "bad_credentials",
            Kind::Forbidden => "disabled",
            Kind::RateLimited => "rate_limited",
            Kind::Unavailable | Kind::Contended => "unavailable",
            _ => "failed",
        },
        Err(Error::Internal(_)) => "failed",
    }
}
