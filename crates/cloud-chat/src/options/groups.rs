//! Settings that several roles take, by what they are about.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::http::HeaderName;
use clap::{ArgAction, Args, ValueEnum};
use fanout::NatsServers;
use ipnet::IpNet;
use kit::config::{self, Secret};

use super::values::{address, header, long_secret, port, range, rate, secret, share, socket_address};

#[derive(Debug, Clone, Args)]
pub struct ListenOptions {
    /// Address to listen on: all of this machine's by default, 127.0.0.1 behind a proxy on the same machine.
    #[arg(long, env = "HOST", default_value = "0.0.0.0", value_parser = address, value_name = "IP")]
    pub host: IpAddr,

    /// Port to listen on; 0 takes a free one.
    #[arg(long, env = "PORT", default_value_t = 5000, value_parser = port)]
    pub port: u16,
}

#[derive(Debug, Clone, Args)]
pub struct AddressOptions {
    /// Address of the web app as people open it: links in mails, and the one origin that CORS admits
    /// [default: http://localhost:PORT].
    #[arg(long, env = "FRONTEND_URL", value_parser = config::origin, value_name = "URL", help_heading = "Addresses")]
    pub frontend_url: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub struct ProxyOptions {
    /// Address ranges of the proxies in front, whose X-Forwarded-For and -Proto count; comma-separated, such as
    /// 10.0.0.0/8 [default: none].
    #[arg(long, env = "TRUSTED_PROXIES", value_delimiter = ',', value_parser = range, value_name = "RANGES", help_heading = "Addresses")]
    pub trusted_proxies: Vec<IpNet>,

    /// Header in which those proxies name the client, where they do it in one of their own, such as x-real-ip; they
    /// must overwrite what a client puts there [default: X-Forwarded-For].
    #[arg(long, env = "CLIENT_ADDRESS_HEADER", value_parser = header, value_name = "NAME", help_heading = "Addresses")]
    pub client_address_header: Option<HeaderName>,
}

#[derive(Debug, Clone, Args)]
pub struct TokenOptions {
    /// Key of the access tokens, at least 32 bytes [default: made once, kept in the data folder].
    #[arg(long, env = "JWT_SECRET", hide_env_values = true, value_parser = long_secret, value_name = "SECRET", help_heading = "Accounts")]
    pub jwt_secret: Option<Secret>,

    /// How long an access token lives: 900, 15m, 2h, 7d.
    #[arg(long, env = "JWT_EXPIRES_IN", default_value = "15m", value_parser = config::duration, value_name = "TIME", help_heading = "Accounts")]
    pub jwt_expires_in: Duration,
}

#[derive(Debug, Clone, Args)]
pub struct SignupOptions {
    /// Whether people may make accounts.
    #[arg(
        long,
        env = "SIGNUPS",
        default_value = "open",
        value_enum,
        value_name = "WHICH",
        help_heading = "Accounts"
    )]
    pub signups: Signups,
}

#[derive(Debug, Clone, Args)]
pub struct KeyOptions {
    /// Key that services show each other on internal paths, such as POST /auth/introspect; without it those paths do
    /// not exist.
    #[arg(long, env = "INTERNAL_API_KEY", hide_env_values = true, value_parser = secret, value_name = "KEY", help_heading = "Services")]
    pub internal_api_key: Option<Secret>,

    /// A second key that is accepted while keys rotate.
    #[arg(long, env = "INTERNAL_API_KEY_PREVIOUS", hide_env_values = true, value_parser = secret, value_name = "KEY", help_heading = "Services")]
    pub internal_api_key_previous: Option<Secret>,
}

#[derive(Debug, Clone, Args)]
pub struct NatsOptions {
    /// NATS servers, which carry events between processes: nats:// or tls://, with user:password@ or token@ where
    /// they ask for it, ?ca=FILE of certificates (PEM) where they have an authority of their own, several of a cluster
    /// separated by commas; off where there is none and others find out by asking [default: none, this process is alone].
    #[arg(long, env = "NATS_URL", hide_env_values = true, value_name = "URL", help_heading = "Services")]
    pub nats_url: Option<NatsServers>,
}

#[derive(Debug, Clone, Args)]
pub struct MailOptions {
    /// Mail server, such as smtps://user:password@mail.example.org; without it, reset links go to the log.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_parser = secret, value_name = "URL", help_heading = "Mail")]
    pub smtp_url: Option<Secret>,

    /// Sender of mails.
    #[arg(
        long,
        env = "SMTP_FROM",
        default_value = "Cloud Chat <cloud-chat@localhost>",
        value_name = "ADDRESS",
        help_heading = "Mail"
    )]
    pub smtp_from: String,
}

#[derive(Debug, Clone, Args)]
pub struct MessageOptions {
    /// Messages a second that one user may send, with bursts of four times as many; each process counts for itself.
    #[arg(long, env = "MESSAGE_RATE", default_value = "50", value_parser = rate, value_name = "COUNT", help_heading = "Limits")]
    pub message_rate: NonZeroU32,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct LimitOptions {
    /// Whether logins, signups, resets and messages are limited, by each process for itself; off is for benchmarks.
    #[arg(
        long,
        env = "RATE_LIMITS",
        default_value = "on",
        value_enum,
        value_name = "WHICH",
        help_heading = "Limits"
    )]
    pub rate_limits: Switch,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct DevelopmentOptions {
    /// Answer POST /auth/forgot-password with the reset link itself. For development only: whoever can ask can
    /// take over any account.
    #[arg(long, env = "DEV_MODE", default_value_t = false, num_args = 0..=1, default_missing_value = "true", action = ArgAction::Set, value_name = "BOOL", help_heading = "Diagnosis")]
    pub dev_mode: bool,
}

#[derive(Debug, Clone, Args)]
pub struct DiagnosisOptions {
    /// What is logged: error, warn, info, debug, or a list such as info,auth=debug.
    #[arg(long, env = "LOG", default_value = "info", value_name = "FILTER", help_heading = "Diagnosis")]
    pub log: String,

    /// Address and port of GET /metrics for Prometheus, such as 127.0.0.1:9090. It asks nobody who they are: give it
    /// one that only your Prometheus reaches [default: none].
    #[arg(long, env = "METRICS_ADDR", value_parser = socket_address, value_name = "IP:PORT", help_heading = "Diagnosis")]
    pub metrics_addr: Option<SocketAddr>,

    /// Collector that traces are sent to, by OTLP over HTTP, such as http://127.0.0.1:4318 [default: none, nothing is
    /// traced].
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_parser = config::collector, value_name = "URL", help_heading = "Diagnosis")]
    pub otel_exporter_otlp_endpoint: Option<String>,

    /// Share of the traces that begin in this process which are sent, from 0 to 1. For others their beginner decides.
    #[arg(long, env = "OTEL_TRACES_SAMPLER_ARG", default_value = "1", value_parser = share, value_name = "SHARE", help_heading = "Diagnosis")]
    pub otel_traces_sampler_arg: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Signups {
    Open,
    Closed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}
