//! The native shell: one task a socket, from the upgrade to the last byte. What frames mean is `session`'s, what is
//! heard is the hub's, how it is written is the line's.

mod budget;
pub(crate) mod connect;
mod ending;
mod live;
mod sends;
mod upgrade;

use axum::{
    extract::{Request, State},
    response::Response,
};
use futures::FutureExt;
use hyper::upgrade::OnUpgrade;
use hyper_util::{
    rt::TokioIo,
    server::conn::auto::upgrade::{Parts, downcast},
};
use protocol::actions::FRAME_BYTES_MAX;
use tokio::net::TcpStream;
use tungstenite::{
    WebSocket,
    protocol::{Role, WebSocketConfig},
};

use crate::{
    Realtime,
    closes::Close,
    hub::Peer,
    lines::{Hold, Line, Pipe},
    sinks::sink,
};
pub(crate) use ending::Ending;

/// The library's own buffers are 128 KiB each, filled with zeros on every wake.
const READ_BUFFER_BYTES: usize = 512;

/// The library reads. It writes its pongs and closes into the same line as everybody else.
struct Incoming {
    socket: WebSocket<Pipe>,
    /// An error came: read again, the library would panic where a frame was too large.
    is_over: bool,
}

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
    let Some((stream, received)) = bare(pending).boxed().await else { return };
    // Boxed: what connecting needs is not kept for as long as the socket lives.
    let connected = connect::connect(&realtime, peer).boxed().await;
    let shard = realtime.0.shards.next();
    let (mut hold, incoming, ending) = match connected {
        Ok(connected) => {
            let mut hold = Line::hold(stream, shard, connected.outbox);
            let mut incoming = incoming(&hold, received);
            let ending =
                live::run(&realtime, &mut hold, &mut incoming, connected.user, connected.presence).await;
            (hold, incoming, ending)
        }
        Err(close) => {
            let (_, nothing) = sink();
            let hold = Line::hold(stream, shard, nothing);
            let incoming = incoming(&hold, received);
            (hold, incoming, Ending::Close(close))
        }
    };
    realtime.0.metrics.ended(ending.reason());
    ending::end(&realtime.0.config, &mut hold, incoming, ending).boxed().await;
}

/// The bare connection, and what was read of it already. Nothing else than TCP is served.
async fn bare(pending: OnUpgrade) -> Option<(TcpStream, Vec<u8>)> {
    let upgraded = pending.await.ok()?;
    if let Ok(Parts { io, read_buf, .. }) = downcast::<TokioIo<TcpStream>>(upgraded) {
        // Copied: the buffer that it lies in has room for a request, and would be kept for as long as the socket lives.
        return Some((io.into_inner(), read_buf.to_vec()));
    }
    tracing::error!("a WebSocket came over something else than TCP");
    None
}

fn incoming(hold: &Hold, received: Vec<u8>) -> Incoming {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(Some(FRAME_BYTES_MAX))
        .max_frame_size(Some(FRAME_BYTES_MAX));
    let pipe = Pipe(hold.line.clone());
    let socket = WebSocket::from_partially_read(pipe, received, Role::Server, Some(config));
    Incoming { socket, is_over: false }
}
