//! Writing: several frames, one flush. A peer that does not take them is given up after a while.

use std::pin::pin;

use futures::{SinkExt, poll};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Stream, ending::Ending};
use crate::{Config, closes::Close, sinks::Outbox};

/// Writes and flushes. While it is stuck, a close that the hub wants shortens the wait.
pub(super) async fn write(
    config: &Config,
    stream: &mut Stream,
    outbox: &mut Outbox,
    messages: impl Iterator<Item = Message>,
) -> Result<(), Ending> {
    let mut writing = pin!(feed(stream, messages));
    // Nearly always the kernel takes everything at once: no timer then.
    let written = match poll!(writing.as_mut()) {
        std::task::Poll::Ready(written) => Some(written),
        std::task::Poll::Pending => {
            let closed = async {
                // Who reads too slowly may still get to the close frame.
                let patience = match outbox.closing().await {
                    Close::RESUME => config.write_timeout,
                    _ => config.close_timeout,
                };
                sleep(patience).await;
            };
            Box::pin(async {
                tokio::select! {
                    written = timeout(config.write_timeout, writing) => written.ok(),
                    () = closed => None,
                }
            })
            .await
        }
    };
    match written {
        Some(Ok(())) => Ok(()),
        Some(Err(_)) | None => Err(Ending::Gone),
    }
}

async fn feed(stream: &mut Stream, messages: impl Iterator<Item = Message>) -> Result<(), Error> {
    for message in messages {
        stream.feed(message).await?;
    }
    stream.flush().await
}
