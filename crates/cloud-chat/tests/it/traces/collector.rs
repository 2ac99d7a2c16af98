//! A collector: it takes spans by OTLP over HTTP and keeps them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
};
use prost::Message;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::harness::{PATIENCE, eventually_within};

/// A span, its ids in hexadecimal digits; a parent that is none is empty.
#[derive(Debug, Clone)]
pub struct Told {
    pub service: String,
    pub name: String,
    pub trace: String,
    pub id: String,
    pub parent: String,
    attributes: HashMap<String, String>,
}

impl Told {
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }
}

type Spans = Arc<Mutex<Vec<Told>>>;

pub struct Collector {
    port: u16,
    spans: Spans,
    server: JoinHandle<()>,
}

impl Collector {
    pub async fn start() -> Self {
        let spans = Spans::default();
        let router = Router::new().route("/v1/traces", post(take)).with_state(spans.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { port, spans, server }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was told so far.
    pub fn spans(&self) -> Vec<Told> {
        self.spans.lock().expect("nobody panics with it").clone()
    }

    /// Waits until a service told of this step of a trace.
    pub async fn span(&self, trace: &str, service: &str, name: &str) -> Told {
        let is_it = |span: &Told| (&*span.trace, &*span.service, &*span.name) == (trace, service, name);
        let what = format!("{service} tells of {name}");
        eventually_within(PATIENCE, &what, async || self.spans().into_iter().find(is_it)).await
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(State(spans): State<Spans>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    let request = ExportTraceServiceRequest::decode(body).expect("OTLP");
    for resource in request.resource_spans {
        let own = attributes(resource.resource.map(|resource| resource.attributes).unwrap_or_default());
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
            spans.lock().expect("nobody panics with it").push(Told {
                service: own["service.name"].clone(),
                name: span.name,
                trace: hex::encode(span.trace_id),
                id: hex::encode(span.span_id),
                parent: hex::encode(span.parent_span_id),
                attributes: attributes(span.attributes),
            });
        }
    }
}

fn attributes(pairs: Vec<KeyValue>) -> HashMap<String, String> {
    let text = |value: Option<AnyValue>| match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    pairs.into_iter().map(|pair| (pair.key, text(pair.value))).collect()
}
