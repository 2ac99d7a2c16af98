//! Messages of one connection on their way to be stored: one batch at a time, so that their order is kept, and a
//! lone one waits for nothing. What comes meanwhile is the next batch.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use kit::{Error, Result, traces};
use protocol::{
    ServerEvent,
    seams::{Draft, Sent},
};

use crate::{
    Rooms,
    calls::guarded,
    session::{self, Receipt},
};

/// As many may wait; then the socket is not read until a batch is answered.
const WAITING_MAX: usize = 64;
/// Storing has its own limits; this one is for when even those hang.
const TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(super) struct Sends {
    waiting: Vec<(Draft, Receipt)>,
    sending: Option<Sending>,
}

struct Sending {
    receipts: Vec<Receipt>,
    answers: Pin<Box<dyn Future<Output = Answers> + Send>>,
}

/// One for each draft, or why there are none.
type Answers = Result<Vec<Result<Sent>>>;

impl Sends {
    pub fn push(&mut self, draft: Draft, receipt: Receipt) {
        self.waiting.push((draft, receipt));
    }

    pub fn has_room(&self) -> bool {
        self.waiting.len() < WAITING_MAX
    }

    pub fn is_busy(&self) -> bool {
        self.sending.is_some() || !self.waiting.is_empty()
    }

    /// The answers to the batch that is under way; begins one if none is. Cancel-safe; to be called while busy.
    pub async fn answered(&mut self, rooms: &Arc<dyn Rooms>) -> Vec<ServerEvent> {
        let sending = self.sending.get_or_insert_with(|| Sending::begin(&mut self.waiting, rooms));
        let answers = sending.answers.as_mut().await;
        let receipts = std::mem::take(&mut sending.receipts);
        self.sending = None;
        match answers {
            Ok(answers) if answers.len() == receipts.len() => {
                let pairs = receipts.into_iter().zip(answers);
                pairs.map(|(receipt, result)| session::answer(receipt, result)).collect()
            }
            failed => {
                let error = failed.err().unwrap_or_else(|| Error::internal("not one answer for each draft"));
                tracing::error!(%error, "messages could not be stored");
                let unavailable =
                    || Err(Error::unavailable("The message could not be stored now. Try again."));
                receipts.into_iter().map(|receipt| session::answer(receipt, unavailable())).collect()
            }
        }
    }
}

impl Sending {
    fn begin(waiting: &mut Vec<(Draft, Receipt)>, rooms: &Arc<dyn Rooms>) -> Self {
        let (drafts, receipts): (Vec<_>, Vec<_>) = std::mem::take(waiting).into_iter().unzip();
        let rooms = rooms.clone();
        let answers = Box::pin(async move {
            let send = async { Ok(rooms.send(drafts).await) };
            traces::begin("sendMessage", guarded(TIMEOUT, send)).await
        });
        Self { receipts, answers }
    }
}
