//! Follows revoked sessions: heard on the bus, read at the start, after an outage and every few seconds, since a
//! command in another process revokes them too. What ended closes its sockets.

use std::{sync::Arc, time::Duration};

use auth::{Auth, directory};
use fanout::{Bus, Deliveries, Delivery, Event, Interest, Topic};
use kit::{revocations::Revocations, shutdown::Tasks};
use protocol::Timestamp;
use realtime::Realtime;
use tokio_util::sync::CancellationToken;

const PERIOD: Duration = Duration::from_secs(3);
/// How far a periodic read looks back: clocks may differ and a commit may be slow.
const OVERLAP: Duration = Duration::from_secs(60);

struct Follower {
    auth: Auth,
    realtime: Realtime,
    revocations: Revocations,
}

/// Knows every revoked session before it returns, then keeps knowing.
pub async fn follow(
    auth: Auth,
    realtime: Realtime,
    revocations: Revocations,
    bus: &Arc<dyn Bus>,
    tasks: &Tasks,
) -> kit::Result<()> {
    let (interest, deliveries) = bus.subscribe();
    interest.listen(&[Topic::Accounts]).await;
    let follower = Follower { auth, realtime, revocations };
    follower.read(follower.revocations.token_lifetime()).await?;
    tasks.spawn(|stopping| follower.run(interest, deliveries, stopping));
    Ok(())
}

impl Follower {
    async fn run(
        self,
        // Held: dropping it would end the listening.
        _interest: Box<dyn Interest>,
        mut deliveries: Box<dyn Deliveries>,
        stopping: CancellationToken,
    ) {
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let looked_back = tokio::select! {
                () = stopping.cancelled() => return,
                _ = ticks.tick() => OVERLAP,
                delivery = deliveries.next() => match delivery {
                    Some(Delivery::Event(_, event)) => {
                        if let Event::SessionsRevoked { sids } = &*event {
                            self.revocations.add_now(sids);
                            self.realtime.revoke(sids);
                        }
                        continue;
                    }
                    Some(Delivery::Missed) => self.revocations.token_lifetime(),
                    None => return,
                },
            };
            if let Err(error) = self.read(looked_back).await {
                tracing::warn!(%error, "revoked sessions cannot be read; trying again");
            }
        }
    }

    async fn read(&self, look_back: Duration) -> kit::Result<()> {
        let revoked = directory::revoked_sessions(&self.auth, Timestamp::now() - look_back).await?;
        self.revocations.add(&revoked);
        let sids: Vec<_> = revoked.iter().map(|session| session.sid).collect();
        if !sids.is_empty() {
            self.realtime.revoke(&sids);
        }
        Ok(())
    }
}
