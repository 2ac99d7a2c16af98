//! `GET /metrics` on an address of its own, which is not public.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, http::header, routing::get};
use kit::{
    metrics::{CONTENT_TYPE, Registry, http::measure, text},
    shutdown::Tasks,
};
use tokio::net::TcpListener;

use crate::health::Dependencies;

pub async fn bind(address: Option<SocketAddr>) -> Result<Option<TcpListener>, String> {
    let Some(address) = address else { return Ok(None) };
    let explain = |error| {
        format!(
            "METRICS_ADDR (--metrics-addr) {address} cannot be listened on: {error}; it must be free, such as 127.0.0.1:9090"
        )
    };
    TcpListener::bind(address).await.map(Some).map_err(explain)
}

/// Has `router` measured from now on, and answers with all figures until the process stops.
pub fn serve(
    listener: TcpListener,
    router: Router,
    mut registry: Registry,
    dependencies: Dependencies,
    tasks: &Tasks,
) -> Router {
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "metrics");
    }
    let ours = kit::metrics::ours(&mut registry);
    let router = measure(router, ours);
    dependencies.register_metrics(ours);
    let figures = Arc::new((registry, dependencies));
    let answer = move || {
        let figures = figures.clone();
        async move {
            let (registry, dependencies) = &*figures;
            dependencies.look().await;
            ([(header::CONTENT_TYPE, CONTENT_TYPE)], text(registry))
        }
    };
    let page = Router::new().route("/metrics", get(answer)).fallback(kit::http::not_found);
    tasks.spawn(|stopping| async move {
        let server = axum::serve(listener, page).with_graceful_shutdown(stopping.cancelled_owned());
        if let Err(error) = server.await {
            tracing::error!(%error, "metrics are not served any more");
        }
    });
    router
}
