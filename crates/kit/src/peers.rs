//! Another service of this installation, asked over HTTP with the internal key. Everything asked is idempotent, a send
//! by its `clientMessageId`: what got no answer is asked again within the deadline.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use protocol::Problem;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    Error, Result,
    config::Secret,
    internal_key,
    telemetry::Throttle,
    traces::{Kind, REQUEST_ID, Span, TRACEPARENT, Trace},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Shorter than servers keep a silent connection, so that few are closed under a request.
const IDLE_MAX: Duration = Duration::from_secs(20);
const IDLE_CONNECTIONS_MAX: usize = 32;
const ATTEMPTS_MAX: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Cheap to clone; all clones share connections and the limit of questions at a time.
#[derive(Clone)]
pub struct Peer(Arc<Inner>);

struct Inner {
    /// As people call it: `chat`.
    name: &'static str,
    /// `http://chat-service:5000`
    origin: String,
    key: HeaderValue,
    client: Client<HttpConnector, Full<Bytes>>,
    permits: Semaphore,
    is_up: AtomicBool,
    refusals: Throttle,
}

/// Nobody answered.
type Silence = Box<dyn std::error::Error + Send + Sync>;

impl Peer {
    /// `at_once`: questions on their way at a time; more wait. A key is sent as it is and must fit a header.
    pub fn new(name: &'static str, origin: &str, key: &Secret, at_once: usize) -> Result<Self> {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
            .build(connector);
        let mut key = HeaderValue::from_str(key.expose()).map_err(Error::internal)?;
        key.set_sensitive(true);
        Ok(Self(Arc::new(Inner {
            name,
            origin: origin.to_owned(),
            key,
            client,
            permits: Semaphore::new(at_once),
            is_up: AtomicBool::new(true),
            refusals: Throttle::default(),
        })))
    }

    /// Whether the last question was answered.
    pub fn is_up(&self) -> bool {
        self.0.is_up.load(Ordering::Acquire)
    }

    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        question: &(impl Serialize + Sync),
        deadline: Duration,
    ) -> Result<T> {
        let body = serde_json::to_vec(question).map_err(Error::internal)?;
        self.ask(&Method::POST, path, body.into(), deadline).await
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str, deadline: Duration) -> Result<T> {
        self.ask(&Method::GET, path, Bytes::new(), deadline).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        body: Bytes,
        deadline: Duration,
    ) -> Result<T> {
        let (peer, begun) = (self.0.name, Instant::now());
        let trace = Trace::current();
        let mut span = Span::begin(&trace, Kind::Client, || format!("{method} {peer}"));
        let trace = trace.within(&span);
        let answered = async {
            let _permit = self.0.permits.acquire().await;
            self.answer(method, path, body, &trace).await
        };
        let answered = timeout(deadline, answered).await;
        let (request_id, trace_id) = (trace.request_id.to_str().unwrap_or_default(), &trace.trace_id);
        tracing::debug!(peer, path, request_id, trace_id, ms = begun.elapsed().as_millis(), "asked");
        match answered {
            Ok(Ok(response)) => {
                span.answered(response.status());
                self.came_up();
                self.read(path, &response)
            }
            Ok(Err(error)) => {
                span.fail();
                Err(self.went_away(&*error))
            }
            Err(_) => {
                span.fail();
                Err(self.went_away(&format!("no answer within {} ms", deadline.as_millis())))
            }
        }
    }

    async fn answer(
        &self,
        method: &Method,
        path: &str,
        body: Bytes,
        trace: &Trace,
    ) -> Result<Response<Bytes>, Silence> {
        let mut attempt = 1;
        loop {
            match self.try_once(method, path, body.clone(), trace).await {
                Err(error) if attempt < ATTEMPTS_MAX => {
                    tracing::debug!(peer = self.0.name, path, %error, attempt, "asking again");
                    tokio::time::sleep(
                        FIRST_PAUSE.mul_f64(f64::from(attempt) * rand::random_range(0.5..1.5)),
                    )
                    .await;
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn try_once(
        &self,
        method: &Method,
        path: &str,
        body: Bytes,
        trace: &Trace,
    ) -> Result<Response<Bytes>, Silence> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.0.origin))
            .header(internal_key::HEADER, &self.0.key)
            .header(header::CONTENT_TYPE, "application/json")
            .header(REQUEST_ID, &trace.request_id)
            .header(TRACEPARENT, trace.traceparent());
        let response = self.0.client.request(request.body(Full::new(body))?).await?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }

    fn read<T: DeserializeOwned>(&self, path: &str, response: &Response<Bytes>) -> Result<T> {
        let (name, status) = (self.0.name, response.status());
        if status.is_success() {
            let understood = serde_json::from_slice(response.body());
            return understood
                .map_err(|error| Error::internal(format!("{name} answered {path} with {error}")));
        }
        let problem = serde_json::from_slice::<Problem>(response.body());
        match problem {
            Ok(problem) if status != StatusCode::UNAUTHORIZED => {
                let seconds =
                    response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
                let retry_after = seconds.and_then(|text| text.parse().ok()).map(Duration::from_secs);
                Err(Error::from_problem(problem, retry_after))
            }
            _ => {
                if let Some(before) = self.0.refusals.pass() {
                    let hint = if status == StatusCode::UNAUTHORIZED {
                        "its INTERNAL_API_KEY is another one"
                    } else {
                        ""
                    };
                    tracing::error!(peer = name, path, %status, hint, before, "another service refuses us");
                }
                Err(Error::unavailable("A service that is needed for this does not let us in."))
            }
        }
    }

    fn came_up(&self) {
        if !self.0.is_up.swap(true, Ordering::AcqRel) {
            tracing::info!(peer = self.0.name, "answers again");
        }
    }

    fn went_away(&self, error: &(impl std::fmt::Display + ?Sized)) -> Error {
        if self.0.is_up.swap(false, Ordering::AcqRel) {
            tracing::warn!(peer = self.0.name, origin = self.0.origin, %error, "another service does not answer");
        }
        Error::unavailable("A service that is needed for this does not answer. Try again in a moment.")
    }
}
