//! One HTTP request, built like a sentence and sent by awaiting it.

use std::{future::IntoFuture, pin::Pin, sync::Arc};

use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::Value;

use super::{Answer, PATIENCE};

/// Where the app answers. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    client: Client,
    pub base: Arc<str>,
    pub ws: Arc<str>,
}

impl Api {
    pub(super) fn new(port: u16) -> Self {
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .expect("a client without TLS needs nothing");
        let base = format!("http://127.0.0.1:{port}").into();
        Self { client, base, ws: format!("ws://127.0.0.1:{port}/ws").into() }
    }

    pub fn call(&self, method: &Method, path: &str) -> Call {
        let request = self.client.request(method.clone(), format!("{}{path}", self.base));
        Call { request, what: format!("{method} {path}") }
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(&Method::GET, path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call(&Method::POST, path).json(body)
    }

    pub fn patch(&self, path: &str, body: &Value) -> Call {
        self.call(&Method::PATCH, path).json(body)
    }

    pub fn delete(&self, path: &str) -> Call {
        self.call(&Method::DELETE, path)
    }
}

#[must_use = "a call is made by awaiting it"]
pub struct Call {
    request: RequestBuilder,
    what: String,
}

impl Call {
    pub fn bearer(mut self, token: &str) -> Self {
        self.request = self.request.bearer_auth(token);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// Bytes as they are, said to be JSON.
    pub fn raw_json(self, body: impl Into<Vec<u8>>) -> Self {
        self.body(body).header("content-type", "application/json")
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.request = self.request.body(body.into());
        self
    }

    /// For when the server may be gone.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await?;
        Ok(Answer { what: self.what, status, headers, body })
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async {
            let what = self.what.clone();
            self.try_send().await.unwrap_or_else(|error| panic!("{what}: {error:?}"))
        })
    }
}
