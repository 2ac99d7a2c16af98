//! `cloud-chat healthcheck`: for supervisors and containers, so that they need no shell and no curl.

use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::{commands, options::HealthcheckOptions};

const TIMEOUT: Duration = Duration::from_secs(3);

pub async fn run(options: &HealthcheckOptions) -> Result<(), String> {
    let address = format!("http://127.0.0.1:{}/health", options.port);
    let client: Client<HttpConnector, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let uri = address.parse().map_err(|error| format!("{address} is no address: {error}"))?;
    let response = tokio::time::timeout(TIMEOUT, client.get(uri))
        .await
        .map_err(|_| format!("{address} does not answer within {} s", TIMEOUT.as_secs()))?
        .map_err(|_| format!("nothing answers at {address}: is the server running?"))?;
    if !response.status().is_success() {
        return Err(format!("{address} answers {}: its log says why", response.status()));
    }
    commands::say("ok")
}
