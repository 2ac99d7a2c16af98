//! Where spans go: a collector that takes OTLP over HTTP (protobuf). The library batches them on a thread of its own and
//! drops what does not fit; this file sends.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use opentelemetry::InstrumentationScope;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchSpanProcessor, SpanProcessor},
};
use tokio::{runtime::Handle, time::timeout};

use super::spans::{EXPORT, Export};
use crate::{https, telemetry::Throttle};

/// What OTLP over HTTP adds to the address of a collector.
const PATH: &str = "/v1/traces";
const TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_MAX: Duration = Duration::from_secs(20);
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// What is not sent by then is lost: a stop must not wait for a collector that is away.
const STOP_TIMEOUT: Duration = Duration::from_millis(500);

/// Spans are told to the collector at `endpoint` from now on. `service`: what they are told as. `share`: of the traces
/// that begin in this process, from 0 to 1. To be called once, within the runtime.
pub fn start(endpoint: &str, service: &'static str, share: f64) -> Result<(), String> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Sender::new()?)
        .with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|error| error.to_string())?;
    let mut processor = BatchSpanProcessor::builder(exporter).build();
    processor.set_resource(&Resource::builder().with_service_name(service).build());
    let scope = InstrumentationScope::builder("cloud-chat").with_version(env!("CARGO_PKG_VERSION")).build();
    EXPORT.set(Export { processor, scope, share }).map_err(|_| "it was started before".to_owned())
}

/// Sends what waits, for a moment.
pub async fn stop() {
    let Some(export) = EXPORT.get() else { return };
    let stopped = tokio::task::spawn_blocking(|| export.processor.shutdown_with_timeout(STOP_TIMEOUT)).await;
    if let Ok(Err(error)) = stopped {
        tracing::debug!(%error, "the last spans were not sent");
    }
}

/// The library asks from its own thread; connections belong to the runtime.
struct Sender {
    client: https::Client,
    runtime: Handle,
    failures: Throttle,
}

impl Sender {
    fn new() -> Result<Self, String> {
        let client = https::client(TIMEOUT, IDLE_MAX)?;
        Ok(Self { client, runtime: Handle::current(), failures: Throttle::default() })
    }

    async fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let answer = async move {
            let (parts, body) = client.request(request.map(Full::new)).await?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await?.to_bytes();
            Ok::<_, HttpError>(Response::from_parts(parts, body))
        };
        // Its clock, too, is the runtime's.
        self.runtime.spawn(async { timeout(TIMEOUT, answer).await }).await??
    }

    fn complain(&self, why: &dyn fmt::Display) {
        if let Some(before) = self.failures.pass() {
            tracing::warn!(%why, before, "the collector (OTEL_EXPORTER_OTLP_ENDPOINT) does not take traces");
        }
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sender")
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.ask(request).await;
        match &answer {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => self.complain(&answer.status()),
            Err(error) => self.complain(error),
        }
        answer
    }
}
