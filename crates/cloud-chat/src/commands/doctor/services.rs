//! What a role asks of others: NATS, the mail server, another service.

use std::time::Duration;

use auth::MailConfig;
use fanout::NatsServers;
use kit::{config::Secret, peers::Peer};
use protocol::{
    Timestamp,
    seams::{AskRevoked, RevokedSession},
};

use super::report::{Finding, ok, problem, warning};
use crate::options::MailOptions;

const ASK_TIMEOUT: Duration = Duration::from_secs(5);

pub async fn nats(servers: Option<&NatsServers>) -> Finding {
    let Some(servers) = servers.filter(|servers| !servers.is_off()) else {
        return ok("none: no other process is told of events");
    };
    match servers.check().await {
        Ok(()) => ok(format!("{servers}: a message to oneself came back")),
        Err(error) => problem(format!(
            "{servers}: {error}. Check NATS_URL, whether the server runs, and whether its port is open for this machine."
        )),
    }
}

pub async fn mail(options: &MailOptions) -> Finding {
    let Some(url) = &options.smtp_url else {
        return warning("SMTP_URL is not set: reset links go to the log. Set SMTP_URL and SMTP_FROM.");
    };
    let config = match MailConfig::new(url, &options.smtp_from) {
        Ok(config) => config,
        Err(error) => return problem(error),
    };
    match config.check().await {
        Ok(()) => ok("the mail server takes us; nothing was sent"),
        Err(error) => problem(format!(
            "the mail server: {error}. Check host, port, TLS, user and password in SMTP_URL."
        )),
    }
}

/// Another service, asked with the key.
pub async fn peer(variable: &str, origin: &str, key: Option<&Secret>) -> Finding {
    let Some(key) = key else { return problem("INTERNAL_API_KEY must be set") };
    let peer = match Peer::new("peer", origin, key, 1) {
        Ok(peer) => peer,
        Err(error) => return problem(error.to_string()),
    };
    let question = AskRevoked { since: Timestamp::now() };
    match peer.post::<Vec<RevokedSession>>("/internal/sessions/revoked", &question, ASK_TIMEOUT).await {
        Ok(_) => ok(format!("{origin} answers and takes our INTERNAL_API_KEY")),
        Err(error) if peer.is_up() => problem(format!(
            "{origin}: {error} Give both the same INTERNAL_API_KEY, and let {variable} be the service's own address."
        )),
        Err(_) => problem(format!(
            "{origin} does not answer. Is the service running, and does {variable} lead to it?"
        )),
    }
}
