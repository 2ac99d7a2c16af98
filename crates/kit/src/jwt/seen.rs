//! Tokens whose signature was checked already: every request carries one, and few people send many. Bounded; whether a
//! token is still worth something is asked each time.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, PoisonError},
};

use protocol::accounts::Claims;

/// Threads that look up different tokens seldom wait for each other.
const PARTS: usize = 16;
/// A part that is full begins anew: all of it is made again by checking.
const PART_MAX: usize = 256;

type Part = HashMap<Box<str>, Arc<Claims>>;

#[derive(Default)]
pub(super) struct Seen {
    parts: [Mutex<Part>; PARTS],
    hashes: RandomState,
}

impl Seen {
    pub fn get(&self, token: &str) -> Option<Arc<Claims>> {
        self.part(token).get(token).cloned()
    }

    pub fn insert(&self, token: &str, claims: Arc<Claims>) {
        let mut part = self.part(token);
        if part.len() >= PART_MAX {
            *part = Part::new();
        }
        part.insert(token.into(), claims);
    }

    #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
    fn part(&self, token: &str) -> std::sync::MutexGuard<'_, Part> {
        let nth = self.hashes.hash_one(token) as usize % PARTS;
        self.parts[nth].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
