//! The feature context: what every operation on accounts works with.

use std::sync::Arc;

use axum::extract::FromRef;
use fanout::{Bus, Event};
use kit::{
    Result, address::TrustedProxies, db::Database, internal_key::InternalKeys, jwt::Tokens, shutdown::Tasks,
    telemetry::Throttle,
};
use protocol::SessionId;
use tokio::sync::Notify;

use crate::{
    Config,
    limits::Limits,
    metrics::Metrics,
    passwords::Hasher,
    resets::{self, ResetQueue},
    sessions::Successors,
    sweeps,
    users::Known,
};

/// Cheap to clone; all clones are the same service.
#[derive(Clone)]
pub struct Auth(pub(crate) Arc<Context>);

pub(crate) struct Context {
    pub db: Database,
    pub tokens: Tokens,
    pub bus: Arc<dyn Bus>,
    pub config: Config,
    pub hasher: Hasher,
    pub limits: Limits,
    pub metrics: Metrics,
    /// Lines about logins to accounts that do not exist: anybody can make as many as they like.
    pub unknown_logins: Throttle,
    pub successors: Successors,
    pub resets: ResetQueue,
    /// Where nobody else changes the database.
    pub known: Option<Known>,
    /// Wakes the sweeper.
    pub account_deleted: Notify,
}

impl Auth {
    /// The database is migrated already. Sweeps and the reset worker run on `tasks`.
    pub async fn start(
        db: Database,
        tokens: Tokens,
        bus: Arc<dyn Bus>,
        config: Config,
        tasks: &Tasks,
    ) -> Result<Self> {
        db.ping().await?;
        let (resets, requests) = resets::queue();
        let auth = Self(Arc::new(Context {
            limits: Limits::new(config.rate_limits),
            successors: Successors::new(&tokens),
            hasher: Hasher::default(),
            metrics: Metrics::default(),
            unknown_logins: Throttle::default(),
            known: db.embedded().map(|_| Known::default()),
            db,
            tokens,
            bus,
            config,
            resets,
            account_deleted: Notify::new(),
        }));
        resets::start_worker(&auth, requests, tasks);
        sweeps::start(&auth, tasks);
        Ok(auth)
    }

    /// How many passwords were hashed or compared since the start.
    pub fn hash_operations(&self) -> u64 {
        self.0.hasher.operations()
    }

    /// Tells this process, then all others, what a commit ended or changed. Lost on the way, it is repaired:
    /// everybody also reads revoked sessions and account changes from time to time.
    pub(crate) async fn announce(&self, ended: Vec<SessionId>, accounts_changed: bool) {
        self.0.tokens.revocations().add_now(&ended);
        let mut events = Vec::with_capacity(2);
        if !ended.is_empty() {
            events.push(Event::SessionsRevoked { sids: ended });
        }
        if accounts_changed {
            events.push(Event::AccountsChanged);
        }
        if !events.is_empty() {
            self.0.bus.publish(events).await;
        }
    }
}

impl FromRef<Auth> for Tokens {
    fn from_ref(auth: &Auth) -> Self {
        auth.0.tokens.clone()
    }
}

impl FromRef<Auth> for TrustedProxies {
    fn from_ref(auth: &Auth) -> Self {
        auth.0.config.trusted_proxies.clone()
    }
}

impl FromRef<Auth> for InternalKeys {
    fn from_ref(auth: &Auth) -> Self {
        auth.0.config.internal_keys.clone()
    }
}
