//! A connected socket: frames in, answers out, pings between, until one side ends it. What the hub hands out goes by
//! the line, past this task.

use std::{
    future::poll_fn,
    io,
    task::{Poll, ready},
};

use kit::fault_points;
use protocol::{ServerEvent, seams::Sender};
use tokio::{
    net::TcpStream,
    task::coop::consume_budget,
    time::{Instant, sleep_until},
};
use tungstenite::{Error, Message};

use super::{Incoming, budget::Budget, ending::Ending, sends::Sends};
use crate::{
    Realtime,
    closes::Close,
    frames::Frame,
    hub::Presence,
    lines::Hold,
    session::{self, Effect},
};

struct Pulse {
    heard: Instant,
    pinged: Instant,
}

/// Runs until the end; the hub has forgotten the connection when it returns.
pub(super) async fn run(
    realtime: &Realtime,
    hold: &mut Hold,
    incoming: &mut Incoming,
    user: Sender,
    presence: Presence,
) -> Ending {
    let _leaves_when_dropped = presence;
    let (config, rooms) = (&realtime.0.config, &realtime.0.rooms);
    let line = hold.line.clone();
    let frame = |event: &ServerEvent| {
        realtime.0.metrics.answered(event);
        Frame::of(event)
    };
    let mut sends = Sends::default();
    let now = Instant::now();
    let mut budget = Budget::full(now);
    let mut pulse = Pulse { heard: now, pinged: now };
    let mut beat = std::pin::pin!(sleep_until(now + config.ping_every.min(config.silence_max)));
    hold.open();
    let ending = loop {
        tokio::select! {
            ended = hold.ended(config) => if let Some(ending) = ended {
                break ending;
            },
            // Who does not take answers is not asked for more.
            received = receive(incoming, &line.stream), if sends.has_room() && !line.is_stuck() => {
                pulse.heard = Instant::now();
                match effect(&user, received) {
                    Ok(None) => {}
                    Ok(Some(Effect::Send(draft, receipt))) => sends.push(*draft, receipt),
                    Ok(Some(Effect::Reply(event))) => line.send([frame(&event)]),
                    Ok(Some(Effect::Refuse(error))) => {
                        let is_abuse = !budget.spend(pulse.heard);
                        line.send([frame(&ServerEvent::Error(error))]);
                        if is_abuse {
                            break Ending::Close(Close::ABUSE);
                        }
                    }
                    Err(ending) => break ending,
                }
                // Bytes that are there already cost no wait: a client that floods takes turns like everybody else.
                consume_budget().await;
            }
            events = sends.answered(rooms), if sends.is_busy() => {
                fault_points::pass("before-ack");
                line.send(events.iter().map(frame));
                fault_points::pass("after-ack");
            }
            () = beat.as_mut() => {
                let now = Instant::now();
                if now >= pulse.pinged + config.ping_every {
                    pulse.pinged = now;
                    line.send([Frame::ping()]);
                }
                if now >= pulse.heard + config.silence_max {
                    break Ending::Close(Close::SILENT);
                }
                beat.as_mut().reset((pulse.heard + config.silence_max).min(pulse.pinged + config.ping_every));
            }
        }
    };
    if ending == Ending::Close(Close::RESTART) && sends.is_busy() {
        let drained = Box::pin(async {
            while sends.is_busy() {
                line.send(sends.answered(rooms).await.iter().map(frame));
            }
            hold.flushed(config).await;
        });
        // Whoever waits for longer learns the outcome by trying again.
        drop(tokio::time::timeout(config.drain_timeout, drained).await);
    }
    ending
}

/// The next message; nothing more once there was an error. Cancel-safe.
pub(super) async fn receive(incoming: &mut Incoming, stream: &TcpStream) -> Result<Message, Error> {
    poll_fn(|context| {
        while !incoming.is_over {
            match incoming.socket.read() {
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(stream.poll_read_ready(context))?;
                }
                result => {
                    incoming.is_over = result.is_err();
                    return Poll::Ready(result);
                }
            }
        }
        Poll::Ready(Err(Error::AlreadyClosed))
    })
    .await
}

/// `None` for what needs no answer: pings are answered by the library.
fn effect(user: &Sender, received: Result<Message, Error>) -> Result<Option<Effect>, Ending> {
    match received {
        Ok(Message::Text(text)) => Ok(Some(session::receive(user, &text))),
        Ok(Message::Binary(_)) => Ok(Some(session::receive_binary())),
        // The library answers; reading ends once it has.
        Ok(_) => Ok(None),
        Err(error) => Err(Ending::of(&error)),
    }
}
