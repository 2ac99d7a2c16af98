//! The one way to store messages. Sends queue; a batch is whatever waits when the writer is free, and is stored in one
//! transaction. Callers are answered after its commit, then its events are published.

mod early;
#[cfg(test)]
mod model;
mod plan;
mod store;
mod traced;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fanout::Bus;
use kit::{
    Error, Kind, Result,
    db::{Database, is_about_a_row, is_away, is_transient, violated_constraint},
    fault_points,
    shutdown::Tasks,
    traces::Trace,
};
use protocol::seams::{Draft, Sent};
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{metrics, outbox::Outbox, recent::Recent};
use store::{Batch, Failure, Outcome, Repeats};
use traced::Traced;

/// Drafts that may wait; beyond, senders are told to come back.
const QUEUE_MAX: usize = 8192;
const BATCH_MAX: usize = 256;
const ATTEMPTS_MAX: u32 = 4;
const FIRST_BACKOFF: Duration = Duration::from_millis(20);

/// Where drafts wait for the writer.
pub(crate) struct Queue(mpsc::Sender<Queued>);

struct Queued {
    draft: Draft,
    answer: oneshot::Sender<Result<Sent>>,
    /// The sender's, where it is recorded.
    trace: Option<Trace>,
}

/// When `tasks` stop, the writer finishes what is queued and takes no more.
pub(crate) fn start(
    db: Database,
    bus: Arc<dyn Bus>,
    recent: Arc<Recent>,
    outbox: Outbox,
    metrics: metrics::Writer,
    tasks: &Tasks,
) -> Queue {
    early::plant(&bus);
    let (sender, receiver) = mpsc::channel(QUEUE_MAX);
    tasks.spawn(|stopping| run(db, bus, recent, outbox, metrics, receiver, stopping));
    Queue(sender)
}

impl Queue {
    /// Queues the drafts next to each other, or none of them; each answer comes after the commit. A caller who stops
    /// waiting does not take the draft back.
    pub(crate) fn push(&self, drafts: Vec<Draft>) -> Result<Vec<oneshot::Receiver<Result<Sent>>>> {
        let permits = self.0.try_reserve_many(drafts.len()).map_err(|_| unavailable())?;
        let trace = Trace::recorded();
        let queued = permits.zip(drafts).map(|(permit, draft)| {
            let (answer, answered) = oneshot::channel();
            permit.send(Queued { draft, answer, trace: trace.clone() });
            answered
        });
        Ok(queued.collect())
    }

    pub(crate) fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }
}

pub(crate) fn unavailable() -> Error {
    Error::unavailable("Too much is waiting to be stored. Try again in a moment.")
}

async fn run(
    db: Database,
    bus: Arc<dyn Bus>,
    recent: Arc<Recent>,
    outbox: Outbox,
    metrics: metrics::Writer,
    mut queue: mpsc::Receiver<Queued>,
    stopping: CancellationToken,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        let count = tokio::select! {
            biased;
            count = queue.recv_many(&mut batch, BATCH_MAX) => count,
            () = stopping.cancelled(), if !queue.is_closed() => {
                queue.close();
                continue;
            }
        };
        if count == 0 {
            return;
        }
        let (mut drafts, mut waiting, mut traces) =
            (Vec::with_capacity(count), Vec::with_capacity(count), Vec::with_capacity(count));
        for Queued { draft, answer, trace } in batch.drain(..) {
            drafts.push(draft);
            waiting.push(answer);
            traces.push(trace);
        }
        let held = recent.hold(drafts.iter().map(|draft| draft.room_id).collect());
        let begun = Instant::now();
        let stored = Batch::of(drafts);
        let Outcome { answers, events } = store_all(&db, outbox, stored.clone()).await;
        let drafts = stored.drafts();
        metrics.stored(drafts.len(), begun.elapsed());
        for (draft, answer) in drafts.iter().zip(&answers) {
            match answer {
                Ok(Sent { message, .. }) => recent.append(message),
                Err(Error::Refused(refusal)) if refusal.kind != Kind::Unavailable => {}
                // The commit may have been done and its answer lost.
                Err(_) => recent.forget(draft.room_id),
            }
        }
        drop(held);
        let traced = Traced::of(&answers, traces);
        for (waiting, answer) in waiting.into_iter().zip(answers) {
            if let Err(Err(error)) = waiting.send(answer) {
                tracing::warn!(%error, "a message was not stored, and its sender is gone");
            }
        }
        if !events.is_empty() {
            fault_points::pass("before-publish");
            traced.publish(&*bus, events).await;
            fault_points::pass("after-publish");
        }
    }
}

/// One answer for each draft, in order. Where a draft spoils its batch, halving finds it and the others are stored.
async fn store_all(db: &Database, outbox: Outbox, batch: Batch) -> Outcome {
    let mut outcome = Outcome::default();
    let mut parts = vec![batch];
    while let Some(part) = parts.pop() {
        let count = part.drafts().len();
        match store_patiently(db, outbox, &part).await {
            Ok(stored) => outcome.append(stored),
            Err(error) if count > 1 && is_about_a_row(&error) => {
                let [first, second] = part.halves();
                parts.extend([second, first]);
            }
            Err(error) => outcome.answers.extend(failures(&error, count)),
        }
    }
    outcome
}

/// Tries again where that may help: the database was busy, a connection was lost (drafts have ids of their own, so it
/// does not matter whether the commit was done), or another node stored the same message first. Not where the database
/// cannot be reached: the pool has waited for it already.
async fn store_patiently(db: &Database, outbox: Outbox, batch: &Batch) -> Result<Outcome, DbErr> {
    let mut backoff = FIRST_BACKOFF;
    let mut attempt = 1;
    let mut repeats = Repeats::Unlikely;
    // What was stored if the last commit that was not answered was done.
    let mut unanswered: Option<Outcome> = None;
    let merged = |outcome: Outcome, earlier: Option<Outcome>| match earlier {
        Some(earlier) => outcome.after(earlier),
        None => outcome,
    };
    loop {
        let error = match store::store(db, outbox, batch, repeats).await {
            Ok(outcome) => return Ok(merged(outcome, unanswered)),
            Err(Failure::Undone(error)) => error,
            Err(Failure::Unknown(error, outcome)) => {
                unanswered = Some(merged(outcome, unanswered));
                error
            }
        };
        if attempt == ATTEMPTS_MAX || !may_pass(&error) || is_away(&error) {
            return Err(error);
        }
        let may_be_a_repeat = repeats == Repeats::Unlikely && violated_constraint(&error).is_some();
        repeats = Repeats::Likely;
        if may_be_a_repeat {
            continue;
        }
        tracing::debug!(%error, attempt, "storing messages again");
        tokio::time::sleep(backoff).await;
        backoff *= 2;
        attempt += 1;
    }
}

fn may_pass(error: &DbErr) -> bool {
    is_transient(error) || violated_constraint(error).is_some()
}

/// The answers of drafts that could not be stored. An internal error is logged where it is answered.
fn failures(error: &DbErr, count: usize) -> impl Iterator<Item = Result<Sent>> {
    let may_pass = may_pass(error);
    if may_pass {
        tracing::warn!(%error, count, "messages could not be stored");
    }
    (0..count).map(move |_| {
        Err(if may_pass {
            Error::unavailable("The message could not be stored. Try again in a moment.")
        } else {
            Error::internal(error.to_string())
        })
    })
}
