//! Sessions that ended before their access tokens expired: refused by every role, sockets included.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use protocol::{SessionId, Timestamp, seams::RevokedSession};

/// Shared by everything in a process that verifies tokens.
#[derive(Debug, Clone)]
pub struct Revocations {
    sids: Arc<RwLock<HashMap<SessionId, Timestamp>>>,
    token_lifetime: Duration,
}

impl Revocations {
    /// `token_lifetime`: how long an access token lives, that is how long a revocation matters.
    pub fn new(token_lifetime: Duration) -> Self {
        Self { sids: Arc::default(), token_lifetime }
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
        let horizon = Timestamp::now() - self.token_lifetime;
        sids.retain(|_, revoked_at| *revoked_at > horizon);
        let news = revoked.iter().filter(|session| session.revoked_at > horizon);
        news.filter(|session| sids.insert(session.sid, session.revoked_at).is_none())
            .map(|session| session.sid)
            .collect()
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
    fn a_revocation_is_news_once_and_forgotten_when_no_token_can_be_alive() {
        let revocations = Revocations::new(Duration::from_secs(900));
        let sid = SessionId::random();
        assert_eq!(revocations.add_now(&[sid]), [sid]);
        assert!(revocations.add_now(&[sid]).is_empty());
        assert!(revocations.contains(sid));

        let old = SessionId::random();
        let revoked_at = Timestamp::now() - Duration::from_secs(901);
        assert!(revocations.add(&[RevokedSession { sid: old, revoked_at }]).is_empty());
        assert!(!revocations.contains(old));
    }
}
