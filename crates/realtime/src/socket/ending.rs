//! How a socket ends: the close frame, a moment for the peer's answer, and no reset that would take it away again.

use futures::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use tokio_tungstenite::tungstenite::{
    Error, Message, Utf8Bytes,
    error::ProtocolError,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use super::Stream;
use crate::{Config, closes::Close};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
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

pub(super) async fn end(config: &Config, stream: &mut Stream, ending: Ending) {
    let Ending::Close(Close { code, reason }) = ending else { return };
    let frame = CloseFrame { code: CloseCode::from(code), reason: Utf8Bytes::from_static(reason) };
    let farewell = async {
        stream.send(Message::Close(Some(frame))).await.ok()?;
        while let Some(Ok(_)) = stream.next().await {}
        // What the peer is still sending is read to its end: to close on unread bytes is to reset the connection,
        // and then the peer may never see why.
        let bare = stream.get_mut();
        bare.shutdown().await.ok()?;
        let mut rest = [0; 512];
        while bare.read(&mut rest).await.ok()? > 0 {}
        Some(())
    };
    // It ends in time or it does not; the connection is dropped either way.
    drop(timeout(config.close_timeout, farewell).await);
}
