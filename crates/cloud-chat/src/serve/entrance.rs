//! What requests are answered by. Until the role is put together that is little: that the process lives and is not ready;
//! everything else waits for a while.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{sync::SetOnce, time::timeout};
use tower_service::Service;

use crate::health::{self, LIVE, READY};

/// A start takes less, unless what it waits for is away.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct Entrance(Arc<Inner>);

struct Inner {
    starting: Router,
    router: SetOnce<Router>,
}

impl Entrance {
    pub fn closed() -> Self {
        let probes = Router::new().route(LIVE, get(health::live)).route(READY, get(health::starting));
        let starting = kit::layers::wrap(probes.fallback(health::starting), "");
        Self(Arc::new(Inner { starting, router: SetOnce::new() }))
    }

    /// From now on `router` answers, also those who wait. Only the first one does.
    pub fn open(&self, router: Router) {
        if self.0.router.set(router.with_state(())).is_err() {
            tracing::error!("the entrance was opened twice");
        }
    }

    pub async fn answer(&self, request: Request<Body>) -> Response {
        let router = match self.0.router.get() {
            Some(router) => router,
            None if [LIVE, READY].contains(&request.uri().path()) => &self.0.starting,
            None => timeout(PATIENCE, self.0.router.wait()).await.unwrap_or(&self.0.starting),
        };
        router.clone().call(request).await.into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    async fn ask(entrance: &Entrance, path: &str) -> (StatusCode, bool) {
        let response = entrance.answer(Request::get(path).body(Body::empty()).unwrap()).await;
        (response.status(), response.headers().contains_key("x-request-id"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_starts_lives_and_is_not_ready_and_who_asks_for_more_waits_until_it_is() {
        let entrance = Entrance::closed();
        assert_eq!(ask(&entrance, LIVE).await, (StatusCode::OK, true));
        assert_eq!(ask(&entrance, READY).await, (StatusCode::SERVICE_UNAVAILABLE, true));
        assert_eq!(ask(&entrance, "/rooms/general").await, (StatusCode::SERVICE_UNAVAILABLE, true));

        let early = tokio::spawn({
            let entrance = entrance.clone();
            async move { ask(&entrance, "/rooms/general").await.0 }
        });
        tokio::time::sleep(PATIENCE / 2).await;
        entrance.open(Router::new().route("/rooms/general", get(async || "here")));
        assert_eq!(early.await.unwrap(), StatusCode::OK);
        assert_eq!(ask(&entrance, READY).await.0, StatusCode::NOT_FOUND, "it is the router that answers");
    }
}
