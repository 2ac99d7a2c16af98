//! The Lambda runtime API: takes one invocation after the other, hands back what came of it. A handler that panics
//! costs its invocation alone.

use std::panic::AssertUnwindSafe;

use bytes::Bytes;
use futures::FutureExt;
use http::{HeaderMap, HeaderValue, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use kit::traces::{REQUEST_ID, Trace};
use serde_json::{Value, json};

const INVOCATION_ID: &str = "lambda-runtime-aws-request-id";

pub struct Runtime {
    client: Client<HttpConnector, Full<Bytes>>,
    base: String,
}

impl Runtime {
    /// Where Lambda, or a test, says that it is.
    pub fn from_env() -> Result<Self, String> {
        let address = std::env::var("AWS_LAMBDA_RUNTIME_API")
            .map_err(|_| "AWS_LAMBDA_RUNTIME_API is not set: this program is started by AWS Lambda")?;
        let client = Client::builder(TokioExecutor::new()).build_http();
        Ok(Self { client, base: format!("http://{address}/2018-06-01/runtime") })
    }

    /// Until the runtime API goes away.
    pub async fn run(&self, handle: impl AsyncFn(Value) -> Result<Value, String>) -> Result<(), String> {
        loop {
            let (id, event) = self.next().await?;
            let handled = AssertUnwindSafe(trace(&id).scope(handle(event))).catch_unwind().await;
            match handled.unwrap_or_else(|_| Err("a bug: the log has the place".into())) {
                Ok(answer) => self.say(&format!("/invocation/{id}/response"), &answer).await?,
                Err(why) => {
                    tracing::error!(id, why, "an invocation failed");
                    self.say(&format!("/invocation/{id}/error"), &failure(&why)).await?;
                }
            }
        }
    }

    /// It could not even start.
    pub async fn fail(&self, why: &str) -> Result<(), String> {
        self.say("/init/error", &failure(why)).await
    }

    async fn next(&self) -> Result<(String, Value), String> {
        let request = Request::get(format!("{}/invocation/next", self.base)).body(Full::default());
        let response = self.client.request(request.map_err(text)?).await.map_err(text)?;
        let id = response.headers().get(INVOCATION_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
        let id = id.ok_or("the runtime API names no invocation")?;
        let body = response.into_body().collect().await.map_err(text)?.to_bytes();
        Ok((id, serde_json::from_slice(&body).unwrap_or_default()))
    }

    async fn say(&self, path: &str, answer: &Value) -> Result<(), String> {
        let request = Request::post(format!("{}{path}", self.base))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(answer.to_string()));
        let response = self.client.request(request.map_err(text)?).await.map_err(text)?;
        response.into_body().collect().await.map_err(text).map(drop)
    }
}

/// Services that are asked log the invocation's id.
fn trace(id: &str) -> Trace {
    let mut headers = HeaderMap::new();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    Trace::of(&headers)
}

fn failure(why: &str) -> Value {
    json!({"errorType": "Failure", "errorMessage": why})
}

fn text(error: impl std::fmt::Display) -> String {
    format!("the runtime API does not answer: {error}")
}
