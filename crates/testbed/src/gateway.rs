//! What API Gateway and Lambda are to Cloud Chat, on one port: WebSocket in front, `$connect` and frames as invocations
//! of functions that are started here, `@connections` behind. It keeps to what AWS documents: posts before `$connect` is
//! answered are 410, ids end in `=`, frames end at 32 KiB, binary ones end the connection.

mod connections;
mod front;
mod functions;
mod http_api;
mod management;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    routing::{any, get, post},
};
use tokio::task::JoinHandle;

use connections::Connections;
pub use connections::Fault;
use functions::Functions;
pub use http_api::HttpApi;

const STAGE: &str = "prod";

/// Ends with the test, and so do its functions.
pub struct Gateway {
    address: SocketAddr,
    state: State,
    server: JoinHandle<()>,
}

#[derive(Clone, Default)]
struct State {
    connections: Arc<Connections>,
    functions: Arc<Functions>,
}

impl Gateway {
    pub async fn start() -> Self {
        let state = State::default();
        let runtime = Router::new()
            .route("/invocation/next", get(functions::next))
            .route("/invocation/{id}/response", post(functions::answered))
            .route("/invocation/{id}/error", post(functions::failed))
            .route("/init/error", post(functions::not_started));
        let router = Router::new()
            .nest("/2018-06-01/runtime", runtime)
            .route("/2015-03-31/functions/{name}/invocations", post(functions::invoke))
            .route(&format!("/{STAGE}/@connections/{{id}}"), any(management::handle))
            .route(&format!("/{STAGE}"), get(front::open))
            .with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("it is bound");
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self { address, state, server }
    }

    /// `WS_MANAGEMENT_ENDPOINT`.
    pub fn management(&self) -> String {
        format!("http://{}/{STAGE}", self.address)
    }

    /// For clients.
    pub fn ws(&self) -> String {
        format!("ws://{}/{STAGE}", self.address)
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// `AWS_LAMBDA_RUNTIME_API`.
    pub fn runtime(&self) -> String {
        self.address.to_string()
    }

    /// A connection without a client, which remembers what it is told.
    pub fn pretend(&self, id: &str) {
        self.state.connections.pretend(id);
    }

    /// What a connection without a client was told.
    pub fn told(&self, id: &str) -> Vec<String> {
        self.state.connections.told(id)
    }

    /// Whether there is such a connection, with a client or without.
    pub fn has(&self, id: &str) -> bool {
        self.state.connections.has(id)
    }

    /// Ends every connection, as API Gateway does after two hours.
    pub fn end_all(&self) {
        self.state.connections.close_all();
    }

    /// What the function was asked and has not answered fails, as it does when its processes end.
    pub fn fail_invocations(&self) {
        self.state.functions.fail_all();
    }

    /// What happens to posts from now on.
    pub fn set_fault(&self, id: &str, fault: Fault) {
        self.state.connections.set_fault(id, fault);
    }

    /// Calls the function as API Gateway or anybody would; its answer, or what it failed with.
    pub async fn invoke(&self, event: serde_json::Value) -> Result<serde_json::Value, String> {
        self.state.functions.invoke(event).await
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.server.abort();
    }
}
