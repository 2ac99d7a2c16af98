//! Reading the rooms of users: whatever waits goes in one question, so that a thousand clients that come back at
//! once ask a few times and not a thousand times.

use std::{collections::HashSet, sync::Arc, time::Duration};

use kit::{Error, Result, shutdown::Tasks};
use protocol::{
    RoomId,
    seams::{Sender, UserRooms},
};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::{Rooms, calls, hub::Leases};

const QUEUE_MAX: usize = 1024;
/// Users in one question.
const BATCH_MAX: usize = 64;
/// Questions at a time.
const READERS: usize = 4;
/// A user who joins rooms faster than they can be listened to has to come back.
const ROUNDS_MAX: usize = 8;

#[derive(Clone)]
pub(crate) struct Lookups {
    queue: mpsc::Sender<Lookup>,
}

struct Lookup {
    user: Sender,
    answer: oneshot::Sender<Result<UserRooms>>,
}

impl Lookups {
    pub fn start(rooms: &Arc<dyn Rooms>, timeout: Duration, tasks: &Tasks) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..READERS {
            let (rooms, waiting) = (rooms.clone(), waiting.clone());
            tasks.spawn(|stopping| async move {
                stopping.run_until_cancelled(read(&*rooms, &waiting, timeout)).await;
            });
        }
        Self { queue }
    }

    /// The user's rooms, all of them listened to before they were read.
    pub async fn rooms_of(&self, user: &Sender, leases: &Leases) -> Result<UserRooms> {
        let gone = || Error::unavailable("The server is stopping.");
        let mut before = leases.lease(Vec::new()).await.ok_or_else(gone)?.now;
        let mut leased = HashSet::new();
        for _ in 0..ROUNDS_MAX {
            let read = self.ask(user).await?;
            let rooms: Vec<RoomId> = read.rooms.iter().map(|room| room.room_id).collect();
            let fresh: Vec<RoomId> = rooms.iter().copied().filter(|room| leased.insert(*room)).collect();
            let heard = leases.lease(fresh).await.ok_or_else(gone)?;
            if heard.newest <= before {
                return Ok(read);
            }
            before = heard.now;
        }
        Err(Error::unavailable("The rooms of this user change too fast."))
    }

    async fn ask(&self, user: &Sender) -> Result<UserRooms> {
        let gone = || Error::unavailable("The server is stopping.");
        let (answer, answered) = oneshot::channel();
        self.queue.send(Lookup { user: user.clone(), answer }).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn read(rooms: &dyn Rooms, waiting: &Mutex<mpsc::Receiver<Lookup>>, timeout: Duration) {
    let mut batch = Vec::new();
    loop {
        if waiting.lock().await.recv_many(&mut batch, BATCH_MAX).await == 0 {
            return;
        }
        batch.retain(|lookup| !lookup.answer.is_closed());
        if batch.is_empty() {
            continue;
        }
        let users: Vec<Sender> = batch.iter().map(|lookup| lookup.user.clone()).collect();
        let answers = match calls::guarded(timeout, rooms.rooms_of(&users)).await {
            Ok(answers) if answers.len() == users.len() => answers.into_iter().map(Ok).collect(),
            Ok(_) => refusals(&Error::internal("not one answer for each user"), users.len()),
            Err(error) => refusals(&error, users.len()),
        };
        for (lookup, answer) in batch.drain(..).zip(answers) {
            // Whoever gave up waiting is not told.
            lookup.answer.send(answer).ok();
        }
    }
}

fn refusals(error: &Error, count: usize) -> Vec<Result<UserRooms>> {
    tracing::warn!(%error, "the rooms of users cannot be read");
    (0..count).map(|_| Err(Error::unavailable("Rooms cannot be read now."))).collect()
}
