//! Sessions whose connections were closed already: whoever learns of revocations is told the same ones over and over.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use protocol::SessionId;

/// Longer than the same ones are told again.
const REMEMBERED: Duration = Duration::from_secs(300);

#[derive(Default)]
pub struct Revoked(Mutex<HashMap<SessionId, Instant>>);

impl Revoked {
    pub fn news(&self, sids: &[SessionId]) -> Vec<SessionId> {
        let now = Instant::now();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, at| now < *at + REMEMBERED);
        sids.iter().copied().filter(|sid| known.insert(*sid, now).is_none()).collect()
    }

    pub fn forget(&self, sids: &[SessionId]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sid in sids {
            known.remove(sid);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_news_once_unless_it_is_forgotten() {
        let (revoked, sid) = (Revoked::default(), SessionId::random());
        assert_eq!(revoked.news(&[sid, sid]), [sid]);
        assert!(revoked.news(&[sid]).is_empty());
        revoked.forget(&[sid]);
        assert_eq!(revoked.news(&[sid]), [sid]);
    }
}
