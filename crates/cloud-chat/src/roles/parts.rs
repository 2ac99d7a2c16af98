//! What several roles are put together from.

use std::sync::Arc;

use auth::MailConfig;
use fanout::{Bus, MemoryBus, NatsBus, NatsServers};
use kit::{
    address::TrustedProxies,
    config::Secret,
    db::{Database, DatabaseUrl},
    internal_key::InternalKeys,
    jwt::Tokens,
    revocations::Revocations,
    shutdown::Tasks,
};

use crate::{
    databases,
    options::{
        DatabaseTls, DevelopmentOptions, KeyOptions, LimitOptions, MailOptions, MessageOptions, OneDatabase,
        ProxyOptions, SchemaOptions, SignupOptions, Signups, Switch, TokenOptions, Which,
    },
};

/// How much more than `MESSAGE_RATE` a user may send at once.
const BURST_FACTOR: u32 = 4;
const INSTALLATION_BYTES: usize = 8;

/// The bus, and NATS where it is one.
pub struct Wires {
    pub bus: Arc<dyn Bus>,
    pub nats: Option<NatsBus>,
}

impl Wires {
    /// Waits for NATS. Installations that share one are kept apart by what they sign their tokens with.
    pub async fn connect(servers: Option<&NatsServers>, tokens: &Tokens, tasks: &Tasks) -> Self {
        let Some(servers) = servers.filter(|servers| !servers.is_off()) else {
            return Self { bus: Arc::new(MemoryBus::default()), nats: None };
        };
        let installation = hex::encode(&tokens.derive_key("nats")[..INSTALLATION_BYTES]);
        let nats = NatsBus::connect(servers, &installation, tasks).await;
        Self { bus: Arc::new(nats.clone()), nats: Some(nats) }
    }
}

pub fn tokens(secret: &Secret, options: &TokenOptions) -> Tokens {
    Tokens::new(secret, Revocations::new(options.jwt_expires_in))
}

/// What the parser has seen to: a service is not started without it.
pub fn required<'a, T>(value: Option<&'a T>, variable: &str) -> Result<&'a T, String> {
    value.ok_or_else(|| format!("{variable} must be set"))
}

pub fn keys(options: &KeyOptions) -> InternalKeys {
    InternalKeys::new([&options.internal_api_key, &options.internal_api_key_previous].into_iter().flatten())
}

/// A service's own database, waited for.
pub async fn database<M: sea_orm_migration::MigratorTrait>(
    which: Which,
    one: &OneDatabase,
    tls: &DatabaseTls,
    schema: SchemaOptions,
) -> Result<Database, String> {
    databases::open::<M>(&database_url(which, one, tls)?, which, schema.db_sync).await
}

/// Where a service's own database is.
pub fn database_url(which: Which, one: &OneDatabase, tls: &DatabaseTls) -> Result<DatabaseUrl, String> {
    let url = one.given()?.ok_or_else(|| {
        format!(
            "DATABASE_URL (--database-url) must be set, or DB_HOST, DB_PORT, DB_NAME, DB_USER and DB_PASSWORD: the \
             database of the service (for example DATABASE_URL=mysql://user:password@db.example.org:3306/{}_db)",
            which.name()
        )
    })?;
    Ok(tls.protect(url))
}

/// What the accounts are told at their start.
pub struct AccountOptions<'a> {
    pub frontend_url: &'a str,
    pub development: DevelopmentOptions,
    pub signups: &'a SignupOptions,
    pub limits: LimitOptions,
    pub mail: &'a MailOptions,
    pub proxies: &'a ProxyOptions,
    pub keys: InternalKeys,
}

impl AccountOptions<'_> {
    pub fn to_config(&self) -> Result<auth::Config, String> {
        let mail = self.mail.smtp_url.as_ref().map(|url| MailConfig::new(url, &self.mail.smtp_from));
        Ok(auth::Config {
            frontend_url: self.frontend_url.to_owned(),
            dev_mode: self.development.dev_mode,
            signups_open: self.signups.signups == Signups::Open,
            rate_limits: self.limits.rate_limits == Switch::On,
            mail: mail.transpose()?,
            trusted_proxies: TrustedProxies::new(self.proxies.trusted_proxies.clone())
                .naming_clients_in(self.proxies.client_address_header.clone()),
            internal_keys: self.keys.clone(),
        })
    }
}

pub fn chat_config(messages: &MessageOptions, limits: LimitOptions, is_alone: bool) -> chat::Config {
    let rate = messages.message_rate;
    chat::Config {
        message_rate: rate,
        message_burst: rate.saturating_mul(BURST_FACTOR.try_into().expect("it is 4")),
        rate_limits: limits.rate_limits == Switch::On,
        is_alone,
    }
}

pub fn warn_of_risks(limits: LimitOptions, development: DevelopmentOptions) {
    if limits.rate_limits == Switch::Off {
        tracing::warn!("RATE_LIMITS=off: nothing slows down whoever guesses passwords; for benchmarks only");
    }
    if development.dev_mode {
        tracing::warn!(
            "DEV_MODE=true: anyone who asks gets reset links of any account; for development only"
        );
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it away")]
pub fn explain(error: kit::Error) -> String {
    format!("cannot start: {error}")
}
