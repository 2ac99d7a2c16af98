//! Which traces the messages of a batch belong to, so that their events are published as a part of them.

use std::collections::HashMap;

use fanout::{Bus, Event};
use kit::{Result, traces::Trace};
use protocol::{MessageId, seams::Sent};

/// Empty where nothing is traced.
#[derive(Default)]
pub struct Traced(HashMap<MessageId, Trace>);

impl Traced {
    /// One answer for each trace.
    pub fn of(answers: &[Result<Sent>], traces: Vec<Option<Trace>>) -> Self {
        let traced = traces.into_iter().zip(answers).filter_map(|(trace, answer)| {
            let sent = answer.as_ref().ok()?;
            Some((sent.message.id, trace?))
        });
        Self(traced.collect())
    }

    /// In their order.
    pub async fn publish(mut self, bus: &dyn Bus, events: Vec<Event>) {
        if self.0.is_empty() {
            return bus.publish(events).await;
        }
        for event in events {
            let trace = match &event {
                Event::Message { message, .. } => self.0.remove(&message.id),
                _ => None,
            };
            match trace {
                Some(trace) => trace.scope(bus.publish(vec![event])).await,
                None => bus.publish(vec![event]).await,
            }
        }
    }
}
