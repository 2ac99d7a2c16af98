//! In front of the table: remembers which operations are asked for, and is as busy as DynamoDB may be.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{Dynamo, TABLE};

/// What it writes of a batch; the rest it hands back.
const BATCH_WRITTEN: usize = 10;
/// It throttles every so many calls.
const THROTTLED_EVERY: usize = 5;
const TARGET: &str = "x-amz-target";

/// Ends with the test.
pub struct Counter {
    address: SocketAddr,
    asked: Asked,
    server: JoinHandle<()>,
}

/// How often each operation was.
type Asked = Arc<Mutex<BTreeMap<String, usize>>>;

#[derive(Clone)]
struct Front {
    client: Client,
    table: String,
    asked: Asked,
}

impl Counter {
    pub async fn start(table: &Dynamo) -> Self {
        let client = Client::builder().no_proxy().build().expect("a client without TLS needs nothing");
        let front = Front { client, table: table.url(), asked: Asked::default() };
        let asked = front.asked.clone();
        let router = Router::new().fallback(answer).with_state(front);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { address, asked, server }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The operations that were asked for, in order of their names.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Front {
    /// How many calls there were, this one included.
    fn count(&self, operation: &str) -> usize {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        *asked.entry(operation.to_owned()).or_default() += 1;
        asked.values().sum()
    }
}

async fn answer(State(front): State<Front>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get(TARGET).and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    if front.count(operation).is_multiple_of(THROTTLED_EVERY) {
        let kind = "com.amazonaws.dynamodb.v20120810#ThrottlingException";
        return (StatusCode::BAD_REQUEST, Json(json!({"__type": kind}))).into_response();
    }
    let mut ask: Value = serde_json::from_slice(&body).expect("JSON");
    let left = match ask.pointer_mut(&format!("/RequestItems/{TABLE}")).and_then(Value::as_array_mut) {
        Some(batch) => batch.split_off(batch.len().min(BATCH_WRITTEN)),
        None => Vec::new(),
    };
    let mut headers = headers;
    for name in ["host", "content-length"] {
        headers.remove(name);
    }
    let call = front.client.post(&front.table).headers(headers).body(ask.to_string());
    let answered = call.send().await.expect("the table answers");
    let status = answered.status();
    let mut told: Value = answered.json().await.expect("JSON");
    if !left.is_empty() {
        told["UnprocessedItems"] = json!({TABLE: left});
    }
    (status, Json(told)).into_response()
}
