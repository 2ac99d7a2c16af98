//! Hashing and comparing passwords: Argon2id, two at a time on threads that give way to all others, so that a storm of
//! logins neither holds up anything else nor needs more than 40 MiB.

mod argon;
mod strength;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use kit::{Error, Result};
use protocol::codes::FieldCode;
use tokio::sync::{Semaphore, oneshot};

const CONCURRENT_MAX: usize = 2;
/// At 25 ms each the last in the queue waits for about a second; beyond, waiting is no service.
const WAITING_MAX: usize = 64;
/// A tenth of the share of a thread that has something to do at the same time.
const NICENESS: i32 = 10;

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// Right, and stored in a form that is no longer used: hash it anew.
    RightButOutdated,
}

pub struct Hasher {
    places: Arc<Semaphore>,
    permits: Arc<Semaphore>,
    operations: AtomicU64,
}

impl Default for Hasher {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(CONCURRENT_MAX + WAITING_MAX)),
            permits: Arc::new(Semaphore::new(CONCURRENT_MAX)),
            operations: AtomicU64::new(0),
        }
    }
}

impl Hasher {
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    /// How many wait or are under way.
    pub fn waiting(&self) -> usize {
        CONCURRENT_MAX + WAITING_MAX - self.places.available_permits()
    }

    /// The hash of a password whose owner goes by `names`, or `field` is `TOO_WEAK`.
    pub async fn hash_new(&self, field: &'static str, password: &str, names: &[&str]) -> Result<String> {
        let password = password.to_owned();
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        self.run(move || {
            if strength::is_weak(&password, &names) {
                return Err(Error::invalid_field(field, FieldCode::TooWeak));
            }
            argon::hash(&password)
        })
        .await?
    }

    /// The hash of a password that was accepted before.
    pub async fn rehash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || argon::hash(&password)).await?
    }

    /// Compares with a stored hash, or with one that nothing matches where there is no account: either takes the
    /// same time. (An account that still has a bcrypt hash takes bcrypt's, until its next login.)
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<Verdict> {
        let password = password.to_owned();
        let stored = stored.map_or_else(argon::unmatchable, str::to_owned);
        self.run(move || verify(&password, &stored)).await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Error::unavailable("Too many logins at once. Try again in a moment.");
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| busy())?;
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(Error::internal)?;
        self.operations.fetch_add(1, Ordering::Relaxed);
        let work = move || {
            let result = work();
            // Held until here even if nobody waits for the result any more.
            drop((place, permit));
            result
        };
        let (answer, answered) = oneshot::channel();
        let thread = thread::Builder::new().name("password".into()).spawn(move || {
            give_way();
            // Nobody may wait for the result any more.
            answer.send(work()).ok();
        });
        thread.map_err(Error::internal)?;
        answered.await.map_err(Error::internal)
    }
}

/// On Linux it is the thread's own. It cannot be taken back, which is why each has a thread to itself.
fn give_way() {
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "hashing runs at the usual priority");
    }
}

fn verify(password: &str, stored: &str) -> Verdict {
    if stored.starts_with("$2") {
        return match bcrypt::verify(password, stored) {
            Ok(true) => Verdict::RightButOutdated,
            Ok(false) => Verdict::Wrong,
            Err(error) => unreadable(&error),
        };
    }
    match argon::verify(password, stored) {
        Ok(verdict) => verdict,
        Err(error) => unreadable(&error),
    }
}

/// A hash of an unknown form matches nothing; the owner can still have a reset link.
fn unreadable(error: &dyn std::fmt::Display) -> Verdict {
    tracing::warn!(%error, "a stored password hash cannot be read");
    Verdict::Wrong
}

#[cfg(test)]
mod tests {
    use protocol::Code;

    use super::*;

    #[test]
    fn hashes_of_the_first_version_match_and_are_outdated() {
        let hash = bcrypt::hash("correct horse", 4).unwrap();
        for version in ["$2a$", "$2b$", "$2y$"] {
            let stored = hash.replacen("$2b$", version, 1);
            assert_eq!(verify("correct horse", &stored), Verdict::RightButOutdated);
            assert_eq!(verify("correct house", &stored), Verdict::Wrong);
        }
    }

    #[test]
    fn a_hash_that_cannot_be_read_matches_nothing() {
        for stored in ["", "$2b$", "$2b$04$short", "$argon2id$", "plain", "!"] {
            assert_eq!(verify(stored, stored), Verdict::Wrong, "{stored}");
        }
    }

    #[tokio::test]
    async fn no_account_costs_one_comparison_as_a_wrong_password_does() {
        let hasher = Hasher::default();
        let stored = hasher.rehash("correct horse").await.unwrap();
        let before = hasher.operations();
        assert_eq!(hasher.verify("correct house", Some(&stored)).await.unwrap(), Verdict::Wrong);
        assert_eq!(hasher.verify("correct house", None).await.unwrap(), Verdict::Wrong);
        assert_eq!(hasher.operations(), before + 2);
    }

    #[tokio::test]
    async fn past_a_full_queue_callers_are_told_to_come_back() {
        let hasher = Arc::new(Hasher::default());
        let (release, blocked) = std::sync::mpsc::channel::<()>();
        let blocked = Arc::new(std::sync::Mutex::new(blocked));
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..CONCURRENT_MAX + WAITING_MAX {
            let (hasher, blocked) = (hasher.clone(), blocked.clone());
            waiting.spawn(async move { hasher.run(move || blocked.lock().unwrap().recv().is_ok()).await });
        }
        while hasher.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hasher.verify("x", None).await.unwrap_err().code(), Code::Unavailable);
        for _ in 0..CONCURRENT_MAX + WAITING_MAX {
            release.send(()).unwrap();
        }
        assert!(waiting.join_all().await.into_iter().all(|result| result.unwrap()));
        assert!(hasher.verify("x", None).await.is_ok());
    }
}
