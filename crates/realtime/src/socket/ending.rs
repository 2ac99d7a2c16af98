//! How a socket ends: the close frame, a moment for the peer's answer, and no reset that would take it away again.

use std::{future::poll_fn, io, task::Poll};

use socket2::SockRef;
use tokio::{net::TcpStream, time::timeout};
use tungstenite::{
    Error, Utf8Bytes,
    error::ProtocolError,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use super::{Incoming, live::receive};
use crate::{Config, closes::Close, lines::Hold};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// We say why.
    Close(Close),
    /// The peer closed, left, or takes nothing more: nobody to tell.
    Gone,
}

impl Ending {
    pub fn of(error: &Error) -> Self {
        match error {
            Error::Capacity(_) => Self::Close(Close::TOO_LARGE),
            Error::Utf8(_) => Self::Close(Close::BAD_UTF8),
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Gone,
            Error::Protocol(_) => Self::Close(Close::PROTOCOL),
            _ => Self::Gone,
        }
    }

    pub fn reason(self) -> &'static str {
        match self {
            Self::Close(close) => close.reason,
            Self::Gone => "gone",
        }
    }
}

pub(super) async fn end(config: &Config, hold: &mut Hold, mut incoming: Incoming, ending: Ending) {
    hold.shut();
    let Ending::Close(Close { code, reason }) = ending else { return };
    let frame = CloseFrame { code: CloseCode::from(code), reason: Utf8Bytes::from_static(reason) };
    let farewell = async {
        incoming.socket.close(Some(frame)).ok()?;
        hold.flushed(config).await;
        let stream = &hold.line.stream;
        while receive(&mut incoming, stream).await.is_ok() {}
        // What the peer is still sending is read to its end: to close on unread bytes is to reset the connection,
        // and then the peer may never see why.
        SockRef::from(stream).shutdown(std::net::Shutdown::Write).ok()?;
        while read_away(stream).await.ok()? > 0 {}
        Some(())
    };
    // It ends in time or it does not; the connection is dropped either way.
    drop(timeout(config.close_timeout, farewell).await);
}

async fn read_away(stream: &TcpStream) -> io::Result<usize> {
    let mut rest = [0; 512];
    poll_fn(|context| {
        loop {
            match stream.try_read(&mut rest) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    std::task::ready!(stream.poll_read_ready(context))?;
                }
                result => return Poll::Ready(result),
            }
        }
    })
    .await
}
