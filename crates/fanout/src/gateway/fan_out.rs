//! Who is told of an event, and telling them: rooms beside each other, the events of one in order, every connection on
//! its own.

mod delivery;
mod frames;
mod telling;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use protocol::{RoomId, UserId};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::{Connections, Members, Posts, Queued};
use crate::Event;
use delivery::Late;

/// Rooms, users and sessions that are told something at a time.
const LANES_MAX: usize = 64;
/// Posts under way at a time, over all of them.
const POSTS_MAX: usize = 256;
/// Events of one room that are told together.
const BATCH_MAX: usize = 128;
/// Events that may wait for their turn; more stay in the queue.
const WAITING_MAX: usize = 16 * 1024;
/// Connections that are waited for until they are there.
const LATE_MAX: usize = 4096;

/// What events keep their order in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lane {
    Room(RoomId),
    User(UserId),
    Sessions,
}

#[derive(Clone)]
pub struct FanOut(Arc<Inner>);

struct Inner {
    connections: Connections,
    posts: Posts,
    members: Members,
    permits: Semaphore,
}

impl FanOut {
    pub fn new(connections: Connections, posts: Posts, members: Members) -> Self {
        Self(Arc::new(Inner { connections, posts, members, permits: Semaphore::new(POSTS_MAX) }))
    }

    /// Until the process stops; then what is under way and queued is told still.
    pub async fn run(self, mut queue: mpsc::Receiver<Queued>, stopping: CancellationToken) {
        let mut waiting: HashMap<Lane, VecDeque<Queued>> = HashMap::new();
        let mut count = 0_usize;
        // Lanes with events and nobody who tells them, first come first served.
        let mut ready: VecDeque<Lane> = VecDeque::new();
        let mut busy: HashSet<Lane> = HashSet::new();
        let mut telling: FuturesUnordered<BoxFuture<'static, (Lane, Vec<Late>)>> = FuturesUnordered::new();
        let mut late: FuturesUnordered<BoxFuture<'static, ()>> = FuturesUnordered::new();
        loop {
            while telling.len() < LANES_MAX
                && let Some(lane) = ready.pop_front()
            {
                let Some(events) = waiting.get_mut(&lane) else { continue };
                let batch = events.drain(..events.len().min(BATCH_MAX));
                let (batch, tickets): (Vec<_>, Vec<_>) =
                    batch.map(|queued| (queued.event, queued.ticket)).unzip();
                count -= batch.len();
                busy.insert(lane);
                let this = self.clone();
                telling.push(Box::pin(async move {
                    let late = this.tell(lane, batch).await;
                    drop(tickets);
                    (lane, late)
                }));
            }
            tokio::select! {
                biased;
                Some((lane, unreached)) = telling.next(), if !telling.is_empty() => {
                    busy.remove(&lane);
                    match waiting.get(&lane) {
                        Some(events) if !events.is_empty() => ready.push_back(lane),
                        _ => drop(waiting.remove(&lane)),
                    }
                    for connection in unreached {
                        if late.len() < LATE_MAX {
                            let this = self.clone();
                            late.push(Box::pin(async move { this.reach(connection).await }));
                        }
                    }
                }
                Some(()) = late.next(), if !late.is_empty() => {}
                event = queue.recv(), if count < WAITING_MAX && !stopping.is_cancelled() => {
                    let Some(event) = event else { return };
                    count += 1;
                    enqueue(event, &mut waiting, &mut ready, &busy);
                }
                () = stopping.cancelled(), if !queue.is_closed() => {
                    queue.close();
                    while let Ok(event) = queue.try_recv() {
                        count += 1;
                        enqueue(event, &mut waiting, &mut ready, &busy);
                    }
                }
                else => return,
            }
            if stopping.is_cancelled() && telling.is_empty() && ready.is_empty() {
                return;
            }
        }
    }
}

fn enqueue(
    queued: Queued,
    waiting: &mut HashMap<Lane, VecDeque<Queued>>,
    ready: &mut VecDeque<Lane>,
    busy: &HashSet<Lane>,
) {
    let lane = match &queued.event {
        Event::Message { message, .. } => Lane::Room(message.room_id),
        Event::MemberAdded { room_id, .. }
        | Event::MemberRemoved { room_id, .. }
        | Event::RoomDeleted { room_id } => Lane::Room(*room_id),
        Event::RoomUpdated { room, .. } => Lane::Room(room.id),
        Event::Read { user_id, .. } => Lane::User(*user_id),
        // Not queued: nobody at a socket hears of them.
        Event::SessionsRevoked { .. } | Event::AccountsChanged => Lane::Sessions,
    };
    let events = waiting.entry(lane).or_default();
    if events.is_empty() && !busy.contains(&lane) {
        ready.push_back(lane);
    }
    events.push_back(queued);
}
