//! More requests at once than can be answered are told to come back, at once: a queue that grows serves nobody.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use crate::Error;

/// Answered however much there is to do: whoever asks wants to know just then.
const ALWAYS: [&str; 3] = ["/health", "/health/live", "/health/ready"];

/// Answers at most `requests_max` requests at a time, and the others with 503 and `Retry-After`.
pub fn shed(router: Router, requests_max: usize) -> Router {
    let places = Arc::new(Semaphore::new(requests_max));
    router.layer(middleware::from_fn_with_state(places, admit))
}

async fn admit(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    if ALWAYS.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let Ok(_place) = places.try_acquire() else {
        return Error::unavailable("Too many requests at once. Try again in a moment.").into_response();
    };
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::StatusCode, routing::get};
    use tokio::{sync::Notify, task::JoinSet};

    use super::*;

    async fn ask(router: &Router, path: &str) -> Response {
        let request = Request::get(path).body(Body::empty()).unwrap();
        tower_service::Service::call(&mut router.clone(), request).await.unwrap()
    }

    #[tokio::test]
    async fn one_request_too_many_is_told_to_come_back_and_the_others_are_answered() {
        let (entered, release) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
        let handler = {
            let (entered, release) = (entered.clone(), release.clone());
            async move || {
                let released = release.notified();
                entered.add_permits(1);
                released.await;
            }
        };
        let router = Router::new().route("/slow", get(handler)).route("/health", get(async || {}));
        let router = shed(router, 2);
        let mut slow = JoinSet::new();
        for _ in 0..2 {
            let router = router.clone();
            slow.spawn(async move { ask(&router, "/slow").await.status() });
        }
        entered.acquire_many(2).await.unwrap().forget();
        let refused = ask(&router, "/slow").await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(ask(&router, "/health").await.status(), StatusCode::OK);
        release.notify_waiters();
        assert_eq!(slow.join_all().await, [StatusCode::OK; 2]);
        let again = tokio::spawn({
            let router = router.clone();
            async move { ask(&router, "/slow").await.status() }
        });
        entered.acquire().await.unwrap().forget();
        release.notify_waiters();
        assert_eq!(again.await.unwrap(), StatusCode::OK);
    }
}
