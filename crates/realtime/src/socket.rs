//! The native shell: one task a socket, from the upgrade to the last byte. What frames mean is `session`'s, what is
//! heard is the hub's.

mod budget;
pub(crate) mod connect;
mod ending;
mod live;
mod sends;
mod upgrade;
mod writing;

use axum::{
    extract::{Request, State},
    response::Response,
};
use futures::FutureExt;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use protocol::actions::FRAME_BYTES_MAX;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};

use crate::{Realtime, closes::Close, hub::Peer};
use ending::Ending;

/// The library's own buffers are 128 KiB each, filled with zeros on every wake.
const READ_BUFFER_BYTES: usize = 512;
const WRITE_BUFFER_BYTES: usize = 4 * 1024;

type Stream = WebSocketStream<TokioIo<Upgraded>>;

/// `GET …?token=JWT[&roomId=ID]`. Who is refused is told by a close frame: a browser shows its page no status.
pub(crate) async fn open(State(realtime): State<Realtime>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let invitation = connect::invitation(&parts);
    let (pending, response) = match upgrade::accept(&mut parts, invitation.is_bearer) {
        Ok(accepted) => accepted,
        Err(refused) => return *refused,
    };
    let peer = connect::verify(invitation, &realtime.0.tokens);
    let tasks = realtime.0.tasks.clone();
    tasks.spawn(|_| serve(realtime, pending, peer));
    response
}

async fn serve(realtime: Realtime, pending: OnUpgrade, peer: Result<Peer, Close>) {
    // Counted until it is gone, so that a shutdown can wait for it.
    let _open = realtime.0.sockets.token();
    let Ok(upgraded) = pending.await else { return };
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX));
    let stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config));
    let mut stream = Box::new(stream.await);
    // Boxed: what connecting needs is not kept for as long as the socket lives.
    let ending = match connect::connect(&realtime, peer).boxed().await {
        Ok(connected) => live::run(&realtime, &mut stream, connected).await,
        Err(close) => Ending::Close(close),
    };
    realtime.0.metrics.ended(ending.reason());
    ending::end(&realtime.0.config, &mut stream, ending).boxed().await;
}
