//! Settings that are valid and unwise. One that is missing or malformed has ended the program before this.

use super::report::{Finding, problem, warning};
use crate::options::{DevelopmentOptions, LimitOptions, ProxyOptions, Switch};

pub const NOT_IN_DEVELOPMENT: DevelopmentOptions = DevelopmentOptions { dev_mode: false };

pub fn of_limits(limits: LimitOptions, development: DevelopmentOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    if limits.rate_limits == Switch::Off {
        findings.push(warning("RATE_LIMITS=off: nothing slows down whoever guesses passwords. Unset it."));
    }
    if development.dev_mode {
        findings.push(warning("DEV_MODE=true: anyone who asks can take over any account. Unset it."));
    }
    findings
}

pub fn of_address(frontend_url: Option<&str>, proxies: &ProxyOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(url) = frontend_url else {
        findings.push(warning(
            "FRONTEND_URL is not set: links in mails lead to localhost. Set it to the address that people open.",
        ));
        return findings;
    };
    let is_local =
        ["http://localhost", "http://127.0.0.1", "http://[::1]"].iter().any(|own| url.starts_with(own));
    if url.starts_with("http://") && !is_local {
        findings.push(warning(format!(
            "FRONTEND_URL={url}: over plain http everybody on the way can read along. Put a proxy in front that speaks \
             https."
        )));
    }
    if url.starts_with("https://") && proxies.trusted_proxies.is_empty() {
        findings.push(warning(
            "TRUSTED_PROXIES is not set: everybody shares the rate limits of the proxy's address, and the session \
             cookie is not marked Secure. Set it to the address of the proxy.",
        ));
    }
    findings
}

pub fn secret_is_missing() -> Finding {
    problem(
        "JWT_SECRET is not set, and NATS_URL is: nodes of one installation must sign with the same. Set it to the \
         output of `openssl rand -hex 32`.",
    )
}
