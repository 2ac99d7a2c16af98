//! Whether the proxy lets a WebSocket pass: an upgrade without a token, to which there is exactly one right answer.

use std::time::Duration;

use axum::http::{StatusCode, header};
use futures::StreamExt;
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        handshake::client::generate_key,
        protocol::{Role, frame::coding::CloseCode},
    },
};

use super::{
    address::{self, Web},
    explain,
    report::{Finding, ok, problem},
};

const TIMEOUT: Duration = Duration::from_secs(10);
const UPGRADES: &str = "Let it speak HTTP/1.1 to Cloud Chat and forward the headers Upgrade and Connection (nginx: \
                        proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection \
                        \"upgrade\";).";

pub async fn check(web: &Web, url: &str) -> Finding {
    let address = format!("{url}/ws");
    let request = address::request(&address)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_VERSION, "13")
        .header(header::SEC_WEBSOCKET_KEY, generate_key());
    let response = match address::ask(web, request.body(Empty::new())).await {
        Ok(response) => response,
        Err(error) => return problem(format!("{address}: {error}")),
    };
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS => {}
        // A gateway refuses before it upgrades.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return ok(format!("{address} refuses a missing token, as it should"));
        }
        status @ (StatusCode::BAD_REQUEST | StatusCode::UPGRADE_REQUIRED) => {
            return problem(format!(
                "{address} answers {status}: the proxy does not pass the upgrade on. {UPGRADES}"
            ));
        }
        status if status.is_server_error() => {
            return problem(format!(
                "{address} answers {status}: the proxy does not reach Cloud Chat there."
            ));
        }
        status => {
            return problem(format!(
                "{address} answers {status}: no WebSocket is there. Let the proxy forward /ws to Cloud Chat."
            ));
        }
    }
    let closed = tokio::time::timeout(TIMEOUT, async {
        let stream = hyper::upgrade::on(response).await.map_err(|error| explain(&error))?;
        let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(stream), Role::Client, None).await;
        match socket.next().await {
            Some(Ok(Message::Close(Some(frame)))) => Ok(frame),
            Some(Ok(_)) => Err("what answers is not Cloud Chat".to_owned()),
            Some(Err(error)) => Err(explain(&error)),
            None => Err("it ends without a word".to_owned()),
        }
    });
    match closed.await {
        Ok(Ok(frame)) if frame.code == CloseCode::Policy => {
            ok(format!("{address} refuses a missing token, as it should"))
        }
        Ok(Ok(frame)) => {
            problem(format!("{address} closes with {}: {}. Try again.", frame.code, frame.reason))
        }
        Ok(Err(error)) => problem(format!("{address}: after the upgrade: {error}. {UPGRADES}")),
        Err(_) => problem(format!("{address}: nothing comes through after the upgrade. {UPGRADES}")),
    }
}
