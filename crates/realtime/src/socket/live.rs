//! A connected socket: frames in, events out, pings between, until one side ends it.

use futures::StreamExt;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use super::{Stream, budget::Budget, connect::Connected, ending::Ending, sends::Sends, writing::write};
use crate::{
    Realtime,
    closes::Close,
    frames::Frame,
    session::{self, Effect},
};

struct Pulse {
    heard: Instant,
    pinged: Instant,
}

/// Runs until the end; the hub has forgotten the connection when it returns.
pub(super) async fn run(realtime: &Realtime, stream: &mut Stream, connected: Connected) -> Ending {
    let Connected { user, mut outbox, presence } = connected;
    let _leaves_when_dropped = presence;
    let (config, rooms) = (&realtime.0.config, &realtime.0.rooms);
    let mut sends = Sends::default();
    let now = Instant::now();
    let mut budget = Budget::full(now);
    let mut pulse = Pulse { heard: now, pinged: now };
    let mut beat = std::pin::pin!(sleep_until(now + config.ping_every.min(config.silence_max)));
    loop {
        // What is to be written now; a close follows it.
        let (frames, ending) = tokio::select! {
            (frames, close) = outbox.take() => {
                let frames = frames.into_iter().map(|frame| Message::Text(frame.into_text())).collect();
                (frames, close.map(Ending::Close))
            }
            received = stream.next(), if sends.has_room() => {
                pulse.heard = Instant::now();
                match effect(&user, received) {
                    Ok(None) => continue,
                    Ok(Some(Effect::Send(draft, receipt))) => {
                        sends.push(*draft, receipt);
                        continue;
                    }
                    Ok(Some(Effect::Reply(event))) => (vec![text(&event)], None),
                    Ok(Some(Effect::Refuse(error))) => {
                        let is_abuse = !budget.spend(pulse.heard);
                        let reply = text(&protocol::ServerEvent::Error(error));
                        (vec![reply], is_abuse.then_some(Ending::Close(Close::ABUSE)))
                    }
                    Err(ending) => (Vec::new(), Some(ending)),
                }
            }
            events = sends.answered(rooms), if sends.is_busy() => (events.iter().map(text).collect(), None),
            () = beat.as_mut() => {
                let now = Instant::now();
                let is_silent = now >= pulse.heard + config.silence_max;
                let is_due = now >= pulse.pinged + config.ping_every;
                if is_due {
                    pulse.pinged = now;
                }
                beat.as_mut().reset((pulse.heard + config.silence_max).min(pulse.pinged + config.ping_every));
                let pings = is_due.then(|| Message::Ping(Bytes::new()));
                (pings.into_iter().collect(), is_silent.then_some(Ending::Close(Close::SILENT)))
            }
        };
        if let Err(gone) = write(config, stream, &mut outbox, frames.into_iter()).await {
            return gone;
        }
        match ending {
            Some(Ending::Close(Close::RESTART)) => {
                let drained = Box::pin(async {
                    while sends.is_busy() {
                        let events = sends.answered(rooms).await;
                        write(config, stream, &mut outbox, events.iter().map(text)).await?;
                    }
                    Ok(())
                });
                return match tokio::time::timeout(config.drain_timeout, drained).await {
                    Ok(Err(gone)) => gone,
                    Ok(Ok(())) | Err(_) => Ending::Close(Close::RESTART),
                };
            }
            Some(ending) => return ending,
            None => {}
        }
    }
}

/// `None` for what needs no answer: pings are answered by the library.
fn effect(
    user: &protocol::seams::Sender,
    received: Option<Result<Message, Error>>,
) -> Result<Option<Effect>, Ending> {
    match received {
        Some(Ok(Message::Text(text))) => Ok(Some(session::receive(user, &text))),
        Some(Ok(Message::Binary(_))) => Ok(Some(session::receive_binary())),
        // The library answers; the stream ends once it has.
        Some(Ok(_)) => Ok(None),
        Some(Err(error)) => Err(Ending::of(&error)),
        None => Err(Ending::Gone),
    }
}

fn text(event: &protocol::ServerEvent) -> Message {
    Message::Text(Frame::of(event).into_text())
}
