//! Where NATS is and who we are to it: `NATS_URL`. Its passwords are never shown.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use async_nats::{Client, ConnectError, ConnectOptions, Event, ServerAddr};
use kit::config;
use percent_encoding::percent_decode_str;

/// Commands, events above all, that may wait for the connection.
const QUEUE_MAX: usize = 8192;
/// Messages of one subscription that may wait to be read.
const SUBSCRIPTION_QUEUE_MAX: usize = 4096;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection whose peer is gone without a word is given up after two unanswered pings.
const PING_PERIOD: Duration = Duration::from_secs(5);
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(5);
const RECONNECT_BACKOFF_MAX: Duration = Duration::from_secs(1);

/// Instead of an address: there is no NATS here.
const OFF: &str = "off";

/// One server, or several of a cluster separated by commas: `nats://` or `tls://`, with `user:password@` or `token@`
/// where it asks for them, `?ca=FILE` where its certificate is from an authority of one's own.
#[derive(Clone, PartialEq, Eq)]
pub struct NatsServers {
    servers: Vec<ServerAddr>,
    /// Trusted instead of the system's authorities.
    authority: Option<PathBuf>,
}

impl FromStr for NatsServers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == OFF {
            return Ok(Self { servers: Vec::new(), authority: None });
        }
        let (mut servers, mut authority) = (Vec::new(), None);
        for server in text.split(',') {
            let (server, ca) = one(server.trim())?;
            servers.push(server);
            authority = authority.or(ca);
        }
        Ok(Self { servers, authority })
    }
}

/// A server, and the authority that its address names.
fn one(text: &str) -> Result<(ServerAddr, Option<PathBuf>), String> {
    let explain = || {
        "must be the address of a NATS server, nats://[user:password@]host[:port] or tls://…[?ca=/file.pem], or several \
         separated by commas, such as nats://nats:4222"
            .to_owned()
    };
    let (address, query) =
        text.split_once('?').map_or((text, None), |(address, query)| (address, Some(query)));
    let server: ServerAddr = address.parse().map_err(|_| explain())?;
    let is_ours = matches!(server.scheme(), "nats" | "tls") && !server.host().is_empty();
    if !is_ours || !address.contains("://") {
        return Err(explain());
    }
    let ca = match query.map(|query| query.strip_prefix("ca=")) {
        None => None,
        Some(Some(path)) if server.tls_required() => {
            let path = percent_decode_str(path).decode_utf8_lossy();
            Some(config::certificates(&path)?)
        }
        Some(_) => return Err(explain()),
    };
    Ok((server, ca))
}

/// Hosts and ports alone.
impl fmt::Display for NatsServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, server) in self.servers.iter().enumerate() {
            let separator = if nth == 0 { "" } else { ", " };
            write!(f, "{separator}{}:{}", server.host(), server.port())?;
        }
        Ok(())
    }
}

impl fmt::Debug for NatsServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl NatsServers {
    /// Whoever needs to know asks.
    pub fn is_off(&self) -> bool {
        self.servers.is_empty()
    }

    /// Tries until it succeeds; each failure is in the log.
    pub(super) async fn connect(&self, heard: impl Fn(Event) + Send + Sync + 'static) -> Client {
        let heard = std::sync::Arc::new(heard);
        let mut backoff = BACKOFF_FIRST;
        loop {
            let heard = heard.clone();
            let options = self.options().event_callback(move |event| {
                heard(event);
                std::future::ready(())
            });
            match options.connect(self.servers.as_slice()).await {
                Ok(client) => return client,
                Err(error) => {
                    let retry_ms = backoff.as_millis();
                    tracing::warn!(servers = %self, %error, retry_ms, "waiting for NATS (NATS_URL)");
                    tokio::time::sleep(backoff).await;
                    backoff = (backoff * 2).min(BACKOFF_MAX);
                }
            }
        }
    }

    pub(super) async fn try_to_connect(&self) -> Result<Client, ConnectError> {
        self.options().connect(self.servers.as_slice()).await
    }

    fn options(&self) -> ConnectOptions {
        let mut options = ConnectOptions::new()
            .name("cloud-chat")
            .client_capacity(QUEUE_MAX)
            .subscription_capacity(SUBSCRIPTION_QUEUE_MAX)
            .connection_timeout(CONNECT_TIMEOUT)
            .ping_interval(PING_PERIOD)
            // Also to servers of the cluster that the first one tells of.
            .require_tls(self.servers.iter().any(ServerAddr::tls_required))
            .reconnect_delay_callback(reconnect_delay);
        if let Some(authority) = &self.authority {
            options = options.add_root_certificates(authority.clone());
        }
        // The same on all servers of a cluster.
        let Some(first) = self.servers.first() else { return options };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        match (first.username(), first.password()) {
            (Some(user), Some(password)) => options.user_and_password(decoded(user), decoded(password)),
            (Some(token), None) => options.token(decoded(token)),
            (None, _) => options,
        }
    }
}

fn reconnect_delay(attempts: usize) -> Duration {
    let doublings = attempts.saturating_sub(1).min(10).try_into().unwrap_or(10);
    if attempts <= 1 {
        Duration::ZERO
    } else {
        (Duration::from_millis(10) * 2_u32.pow(doublings)).min(RECONNECT_BACKOFF_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_of_nats_is_explained() {
        for text in [
            "",
            "nats",
            "http://nats:4222",
            "ws://nats:4222",
            "nats://",
            "nats://a, http://b",
            "nats://a, b",
            "nats://a?ca=/etc/ssl/ca.pem",
            "tls://a?verify=no",
        ] {
            let error = text.parse::<NatsServers>().unwrap_err();
            assert!(error.starts_with("must be") && error.contains("nats://nats:4222"), "{text}: {error}");
        }
        for text in
            ["nats://nats", "tls://nats.example.org:4443", "nats://a:4222,nats://b:4222", "nats://[::1]:4222"]
        {
            assert!(text.parse::<NatsServers>().is_ok_and(|servers| !servers.is_off()), "{text}");
        }
        assert!("off".parse::<NatsServers>().is_ok_and(|servers| servers.is_off()));
    }

    #[test]
    fn an_authority_that_cannot_be_read_is_named() {
        let error = "tls://nats?ca=/not/there.pem".parse::<NatsServers>().unwrap_err();
        assert!(error.starts_with("must name") && error.contains("/not/there.pem"), "{error}");
    }

    #[test]
    fn secrets_are_not_shown() {
        let servers: NatsServers = "nats://chat:s3cret@nats:4222,nats://s3cret@other".parse().unwrap();
        assert_eq!(servers.to_string(), "nats:4222, other:4222");
        assert_eq!(format!("{servers:?}"), "nats:4222, other:4222");
    }
}
