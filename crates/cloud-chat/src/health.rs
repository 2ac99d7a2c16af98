//! Whether this process lives, is ready, and can do its work, and what it needs for that.

use std::time::Duration;

use axum::{Json, extract::State};
use fanout::NatsBus;
use kit::{
    Error,
    db::Database,
    metrics::{Registry, databases, labelled_gauge},
    peers::Peer,
};
use protocol::accounts::Health;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::options::Which;

pub const LIVE: &str = "/health/live";
pub const READY: &str = "/health/ready";
/// Whoever probes every few seconds gives up soon.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Clone, Default)]
pub struct Dependencies {
    /// Without them nothing goes.
    pub databases: Vec<(Which, Database)>,
    /// Without it events of other nodes come a few seconds late.
    pub nats: Option<NatsBus>,
    /// Without it what only it knows is answered 503; a service without a database knows nothing else.
    pub peer: Option<(&'static str, Peer)>,
}

impl Dependencies {
    pub fn register_metrics(&self, registry: &mut Registry) {
        let named = self.databases.iter().map(|(which, database)| (which.name(), database.clone()));
        databases::register(registry, named.collect());
        if let Some(nats) = &self.nats {
            nats.register_metrics(registry);
        }
        if let Some((name, peer)) = self.peer.clone() {
            let help = "Whether the service that this one asks answered its last question";
            labelled_gauge(registry, "peer_up", help, [("peer", name)], move || peer.is_up().into());
        }
    }

    /// Asks every database whether it is there, so that what is told of it is of now.
    pub async fn look(&self) -> bool {
        let mut all = true;
        for (_, database) in &self.databases {
            all &= database.answers_within(PATIENCE).await;
        }
        all
    }
}

pub fn routes() -> OpenApiRouter<Dependencies> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(live)).routes(routes!(ready))
}

/// Whether the service can do its work
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health)))]
async fn health(State(dependencies): State<Dependencies>) -> kit::Result<Json<Health>> {
    let databases: Vec<_> = dependencies.databases.iter().map(|(_, database)| database).collect();
    let nats = dependencies.nats.as_ref().map(|nats| ("nats", nats.is_up()));
    let peer = dependencies.peer.as_ref().map(|(name, peer)| (*name, peer.is_up()));
    let others: Vec<_> = nats.into_iter().chain(peer).collect();
    kit::health::check(&databases, &others).await.map(Json)
}

/// Whether the process lives
///
/// For whoever starts it again when it does not: it says nothing of what the process depends on, which no restart brings
/// back.
#[utoipa::path(get, path = LIVE, tag = "health", operation_id = "live", responses((status = 200, body = Health)))]
pub async fn live() -> kit::Result<Json<Health>> {
    kit::health::check(&[], &[]).await.map(Json)
}

/// Whether the process is to be given requests
///
/// 503 while it starts, and while what it cannot do without is away: its database, or the service that it asks where it
/// has none. Not for NATS: without it events come a few seconds late.
#[utoipa::path(get, path = READY, tag = "health", operation_id = "ready", responses((status = 200, body = Health)))]
async fn ready(State(dependencies): State<Dependencies>) -> kit::Result<Json<Health>> {
    let Dependencies { databases, peer, .. } = &dependencies;
    if !dependencies.look().await {
        return Err(Error::unavailable("The database does not answer."));
    }
    if databases.is_empty()
        && let Some((_, peer)) = peer
        && !peer.is_up()
    {
        return Err(Error::unavailable("The service that this one asks does not answer."));
    }
    live().await
}

/// `READY` before there is anything to ask.
pub async fn starting() -> Error {
    Error::unavailable("The service is starting.")
}
