//! Sessions that ended before their access tokens expired: refused by every role, sockets included.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use protocol::{SessionId, Timestamp, seams::RevokedSession};

/// Shared by everything in a process that verifies tokens.
#[derive(Debug, Clone)]
pub struct Revocations {
    sids: Arc<RwLock<HashMap<SessionId, Revoked>>>,
    token_lifetime: Duration,
    is_complete: Arc<AtomicBool>,
    /// When sessions were last forgotten whose tokens had expired by then, in milliseconds since 1970.
    forgot_at: Arc<AtomicI64>,
}

#[derive(Debug, Clone, Copy)]
struct Revoked {
    at: Timestamp,
    learnt_at: Timestamp,
}

impl Revocations {
    /// `token_lifetime`: how long an access token lives, that is how long a revocation matters.
    pub fn new(token_lifetime: Duration) -> Self {
        let forgot_at = Arc::new(AtomicI64::new(i64::MIN));
        Self { sids: Arc::default(), token_lifetime, is_complete: Arc::default(), forgot_at }
    }

    pub fn token_lifetime(&self) -> Duration {
        self.token_lifetime
    }

    pub fn contains(&self, sid: SessionId) -> bool {
        self.sids.read().unwrap_or_else(PoisonError::into_inner).contains_key(&sid)
    }

    /// Adds sessions, forgets those whose tokens have all expired, and returns the ones that are news.
    pub fn add(&self, revoked: &[RevokedSession]) -> Vec<SessionId> {
        let mut sids = self.sids.write().unwrap_or_else(PoisonError::into_inner);
        let now = Timestamp::now();
        let horizon = now - self.token_lifetime;
        sids.retain(|_, revoked| revoked.at > horizon);
        self.forgot_at.fetch_max(now.0, Ordering::AcqRel);
        let mut news = Vec::new();
        for session in revoked.iter().filter(|session| session.revoked_at > horizon) {
            // The later time counts: whoever told first may have had a clock that is behind.
            let known =
                sids.entry(session.sid).and_modify(|known| known.at = known.at.max(session.revoked_at));
            known.or_insert_with(|| {
                news.push(session.sid);
                Revoked { at: session.revoked_at, learnt_at: now }
            });
        }
        news
    }

    /// What was learnt at `since` or later, for those who learn from us: something may have ended long before we heard.
    pub fn learnt_since(&self, since: Timestamp) -> Vec<RevokedSession> {
        let sids = self.sids.read().unwrap_or_else(PoisonError::into_inner);
        let learnt = sids.iter().filter(|(_, revoked)| revoked.learnt_at >= since);
        learnt.map(|(sid, revoked)| RevokedSession { sid: *sid, revoked_at: revoked.at }).collect()
    }

    /// Everything was read, as far back as tokens live by now.
    pub fn all_read(&self) {
        self.forgot_at.store(Timestamp::now().0, Ordering::Release);
        self.is_complete.store(true, Ordering::Release);
    }

    /// Something may have ended that nobody told.
    pub fn may_miss(&self) {
        self.is_complete.store(false, Ordering::Release);
    }

    /// Whether everything that ended is known. Not once the clock was set back, until all is read again: tokens are
    /// alive again whose sessions were forgotten.
    pub fn is_complete(&self) -> bool {
        self.is_complete.load(Ordering::Acquire)
            && self.forgot_at.load(Ordering::Acquire) <= Timestamp::now().0
    }

    pub fn add_now(&self, sids: &[SessionId]) -> Vec<SessionId> {
        let revoked_at = Timestamp::now();
        self.add(&sids.iter().map(|&sid| RevokedSession { sid, revoked_at }).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_the_clock_was_set_back_all_has_to_be_read_again_whatever_is_told_meanwhile() {
        let revocations = Revocations::new(Duration::from_secs(900));
        revocations.all_read();
        assert!(revocations.is_complete());
        // As it was left by a clock that was an hour ahead.
        revocations.forgot_at.store((Timestamp::now() + Duration::from_secs(3600)).0, Ordering::Release);
        assert!(!revocations.is_complete());
        revocations.add_now(&[SessionId::random()]);
        assert!(!revocations.is_complete(), "one more is not all");
        revocations.all_read();
        assert!(revocations.is_complete());
    }

    #[test]
    fn of_two_times_at_which_a_session_ended_the_later_counts() {
        let revocations = Revocations::new(Duration::from_secs(900));
        let sid = SessionId::random();
        let now = Timestamp::now();
        let behind = RevokedSession { sid, revoked_at: now - Duration::from_secs(800) };
        assert_eq!(revocations.add(&[behind]), [sid]);
        assert!(revocations.add(&[RevokedSession { sid, revoked_at: now }]).is_empty());
        assert_eq!(revocations.learnt_since(Timestamp(0))[0].revoked_at, now);
    }

    #[test]
    fn a_revocation_is_news_once_and_forgotten_when_no_token_can_be_alive() {
        let revocations = Revocations::new(Duration::from_secs(900));
        let sid = SessionId::random();
        assert_eq!(revocations.add_now(&[sid]), [sid]);
        assert!(revocations.add_now(&[sid]).is_empty());
        assert!(revocations.contains(sid));
        let now = Timestamp::now();
        assert_eq!(revocations.learnt_since(now - Duration::from_secs(60)).len(), 1);
        assert!(revocations.learnt_since(now + Duration::from_secs(60)).is_empty());

        let old = SessionId::random();
        let revoked_at = Timestamp::now() - Duration::from_secs(901);
        assert!(revocations.add(&[RevokedSession { sid: old, revoked_at }]).is_empty());
        assert!(!revocations.contains(old));
    }
}
