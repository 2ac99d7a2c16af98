//! `GET /health`: whether this process can do its work, and what it needs for that.

use axum::{Json, extract::State};
use fanout::NatsBus;
use kit::{db::Database, peers::Peer};
use protocol::accounts::Health;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone, Default)]
pub struct Dependencies {
    /// Without them nothing goes.
    pub databases: Vec<Database>,
    /// Without it events of other nodes come a few seconds late.
    pub nats: Option<NatsBus>,
    /// Without it what only it knows is answered 503.
    pub peer: Option<(&'static str, Peer)>,
}

pub fn routes() -> OpenApiRouter<Dependencies> {
    OpenApiRouter::new().routes(routes!(health))
}

/// Whether the service can do its work
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, body = Health)))]
async fn health(State(dependencies): State<Dependencies>) -> kit::Result<Json<Health>> {
    let databases: Vec<_> = dependencies.databases.iter().collect();
    let nats = dependencies.nats.as_ref().map(|nats| ("nats", nats.is_up()));
    let peer = dependencies.peer.as_ref().map(|(name, peer)| (*name, peer.is_up()));
    let others: Vec<_> = nats.into_iter().chain(peer).collect();
    kit::health::check(&databases, &others).await.map(Json)
}
