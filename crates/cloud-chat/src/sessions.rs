//! Follows revoked sessions: heard on the bus, read at the start, after an outage and every moment, since the bus may be
//! away and a command in another process revokes them too. What ended closes its sockets.

pub mod http;

use std::{sync::Arc, time::Duration};

use auth::{Auth, directory};
use fanout::{Bus, Deliveries, Delivery, Event, Interest, Topic};
use kit::{peers::Peer, revocations::Revocations, shutdown::Tasks, telemetry::Throttle};
use protocol::{
    Timestamp,
    seams::{AskRevoked, RevokedSession},
};
use realtime::Realtime;
use tokio_util::sync::CancellationToken;

/// Twice this, from auth to chat and from chat to sockets, is well below the five seconds of the protocol.
const PERIOD: Duration = Duration::from_millis(1500);
const ASK_TIMEOUT: Duration = Duration::from_millis(1500);
/// How far a periodic read looks back: clocks may differ and a commit may be slow.
const OVERLAP: Duration = Duration::from_secs(60);
/// How long a start waits for a service that may be starting too. Without it, those who are logged in go on.
const START_PATIENCE: Duration = Duration::from_secs(5);

/// Who knows.
pub enum Source {
    Accounts(Auth),
    /// A service that follows them itself.
    Service(Peer),
}

pub struct Follower {
    pub source: Source,
    pub revocations: Revocations,
    /// Whose sockets are to be closed.
    pub realtime: Option<Realtime>,
}

impl Follower {
    /// Knows every revoked session before it returns, if whoever knows them answers; then keeps knowing.
    pub async fn start(self, bus: &Arc<dyn Bus>, tasks: &Tasks) -> kit::Result<()> {
        let (interest, deliveries) = bus.subscribe();
        interest.listen(&[Topic::Accounts]).await;
        match &self.source {
            Source::Accounts(_) => self.read().await?,
            Source::Service(_) => {
                if tokio::time::timeout(START_PATIENCE, self.read_patiently()).await.is_err() {
                    tracing::warn!("starting without knowing which sessions have ended; still trying");
                }
            }
        }
        tasks.spawn(|stopping| self.run(interest, deliveries, stopping));
        Ok(())
    }

    async fn run(
        self,
        // Held: dropping it would end the listening.
        _interest: Box<dyn Interest>,
        mut deliveries: Box<dyn Deliveries>,
        stopping: CancellationToken,
    ) {
        let failures = Throttle::default();
        let mut ticks = tokio::time::interval(PERIOD);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = ticks.tick() => {}
                delivery = deliveries.next() => match delivery {
                    Some(Delivery::Event(_, event)) => {
                        if let Event::SessionsRevoked { sids } = &*event {
                            self.revocations.add_now(sids);
                            self.close(sids);
                        }
                        continue;
                    }
                    Some(Delivery::Missed) => self.revocations.may_miss(),
                    None => return,
                },
            }
            let read = stopping.run_until_cancelled(self.read()).await;
            if let Some(Err(error)) = read
                && let Some(before) = failures.pass()
            {
                tracing::warn!(%error, before, "revoked sessions cannot be read; trying again");
            }
        }
    }

    async fn read_patiently(&self) {
        while self.read().await.is_err() {
            tokio::time::sleep(PERIOD / 5).await;
        }
    }

    /// As far back as tokens live where something may be missing, else a little.
    async fn read(&self) -> kit::Result<()> {
        let lifetime = self.revocations.token_lifetime();
        let is_all = !self.revocations.is_complete();
        let look_back = if is_all { lifetime } else { OVERLAP.min(lifetime) };
        let revoked = self.source.revoked_since(Timestamp::now() - look_back).await;
        let revoked = revoked.inspect_err(|_| self.revocations.may_miss())?;
        self.revocations.add(&revoked);
        if is_all {
            self.revocations.all_read();
        }
        self.close(&revoked.iter().map(|session| session.sid).collect::<Vec<_>>());
        Ok(())
    }

    fn close(&self, sids: &[protocol::SessionId]) {
        if let Some(realtime) = &self.realtime
            && !sids.is_empty()
        {
            realtime.revoke(sids);
        }
    }
}

impl Source {
    async fn revoked_since(&self, since: Timestamp) -> kit::Result<Vec<RevokedSession>> {
        match self {
            Self::Accounts(auth) => directory::revoked_sessions(auth, since).await,
            Self::Service(peer) => {
                peer.post("/internal/sessions/revoked", &AskRevoked { since }, ASK_TIMEOUT).await
            }
        }
    }
}
