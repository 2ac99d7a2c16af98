//! One HTTP request, built like a sentence and sent by awaiting it.

use std::{
    future::IntoFuture,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::Value;

use super::{Answer, Holder, PATIENCE};

/// Where the app answers. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    client: Client,
    bases: Arc<Bases>,
    holder: Holder,
}

/// As a proxy in front would know them.
struct Bases {
    auth: Nodes,
    others: Nodes,
    ws: Nodes,
}

/// They take turns.
struct Nodes {
    addresses: Vec<String>,
    turns: AtomicUsize,
}

impl Nodes {
    fn new(ports: &[u16], address: impl Fn(u16) -> String) -> Self {
        Self::at(ports.iter().map(|port| address(*port)).collect())
    }

    fn at(addresses: Vec<String>) -> Self {
        Self { addresses, turns: AtomicUsize::new(0) }
    }

    fn next(&self) -> &str {
        let nth = self.turns.fetch_add(1, Ordering::Relaxed);
        &self.addresses[nth % self.addresses.len()]
    }
}

impl Api {
    /// One process serves everything.
    pub fn one(port: u16) -> Self {
        Self::side_by_side(&[port])
    }

    /// One process, with sockets by another way than requests.
    pub(super) fn apart(requests: u16, sockets: u16) -> Self {
        Self::of(&[requests], &[requests], &[sockets], |port| format!("ws://127.0.0.1:{port}/ws"))
    }

    /// Each serves everything.
    pub(super) fn side_by_side(ports: &[u16]) -> Self {
        Self::of(ports, ports, ports, |port| format!("ws://127.0.0.1:{port}/ws"))
    }

    pub(super) fn services(auth: u16, chat: &[u16], ws: &[u16]) -> Self {
        // Those for sockets take any path.
        Self::of(&[auth], chat, ws, |port| format!("ws://127.0.0.1:{port}/prod"))
    }

    /// Another way to sockets.
    pub fn at(&self, ws: String) -> Self {
        let same = |nodes: &Nodes| Nodes::at(nodes.addresses.clone());
        let bases =
            Bases { auth: same(&self.bases.auth), others: same(&self.bases.others), ws: Nodes::at(vec![ws]) };
        Self { client: self.client.clone(), bases: Arc::new(bases), holder: self.holder }
    }

    pub(super) fn held_by(self, holder: Holder) -> Self {
        Self { holder, ..self }
    }

    fn of(auth: &[u16], others: &[u16], ws: &[u16], ws_address: impl Fn(u16) -> String) -> Self {
        let client = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .expect("a client without TLS needs nothing");
        let http = |ports| Nodes::new(ports, |port| format!("http://127.0.0.1:{port}"));
        let bases = Bases { auth: http(auth), others: http(others), ws: Nodes::new(ws, ws_address) };
        Self { client, bases: Arc::new(bases), holder: Holder::CloudChat }
    }

    /// Of the sockets.
    pub fn holder(&self) -> Holder {
        self.holder
    }

    /// Of the one process, or of what is neither accounts nor sockets.
    pub fn base(&self) -> &str {
        self.bases.others.next()
    }

    /// Where the next connection goes.
    pub fn ws(&self) -> &str {
        self.bases.ws.next()
    }

    fn base_of(&self, path: &str) -> &str {
        let first = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
        if ["auth", "users"].contains(&first) { self.bases.auth.next() } else { self.bases.others.next() }
    }

    pub fn call(&self, method: &Method, path: &str) -> Call {
        let request = self.client.request(method.clone(), format!("{}{path}", self.base_of(path)));
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
