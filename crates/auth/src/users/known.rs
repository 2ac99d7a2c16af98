//! Accounts that were read a moment ago, where nobody but this process changes them: who asks again and again is answered
//! without the database. (The commands of `cloud-chat user` are another process; they change no name and no address, and
//! what they end is refused by its token.) Bounded.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use protocol::{UserId, accounts::Account};

/// Beyond, all are read anew.
const ACCOUNTS_MAX: usize = 4096;
/// Then it is read anew, for the one case that `forget` does not see: a caller who goes away in the middle of a commit.
const AGE_MAX: Duration = Duration::from_secs(3);

#[derive(Default)]
pub(crate) struct Known(Mutex<State>);

#[derive(Default)]
struct State {
    accounts: HashMap<UserId, (Account, Instant)>,
    /// Counts changes: what was read before one may be from before it.
    changes: u64,
}

/// A read that began.
#[derive(Clone, Copy)]
pub(crate) struct Ticket {
    changes: u64,
    at: Instant,
}

impl Known {
    pub fn get(&self, user: UserId) -> Option<Account> {
        let state = self.state();
        let (account, read_at) = state.accounts.get(&user)?;
        (read_at.elapsed() < AGE_MAX).then(|| account.clone())
    }

    /// To be called before the database is read.
    pub fn begin(&self) -> Ticket {
        Ticket { changes: self.state().changes, at: Instant::now() }
    }

    pub fn insert(&self, ticket: Ticket, account: Account) {
        let mut state = self.state();
        if state.changes != ticket.changes {
            return;
        }
        if state.accounts.len() >= ACCOUNTS_MAX {
            state.accounts = HashMap::new();
        }
        state.accounts.insert(account.id, (account, ticket.at));
    }

    /// To be called after a change was committed, or may have been, and before it is answered.
    pub fn forget(&self, user: UserId) {
        let mut state = self.state();
        state.changes += 1;
        state.accounts.remove(&user);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(username: &str) -> Account {
        let id = UserId(uuid::Uuid::from_u128(1));
        Account { id, username: username.into(), email: "a@example.org".into() }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let known = Known::default();
        let (before, id) = (known.begin(), account("").id);
        known.insert(before, account("old"));
        assert_eq!(known.get(id).unwrap().username, "old");
        let reading = known.begin();
        known.forget(id);
        known.insert(reading, account("old"));
        assert!(known.get(id).is_none());
        known.insert(known.begin(), account("new"));
        assert_eq!(known.get(id).unwrap().username, "new");
    }

    #[test]
    fn what_was_read_a_while_ago_is_read_anew() {
        let known = Known::default();
        let at = Instant::now().checked_sub(AGE_MAX).expect("the machine runs for longer");
        known.insert(Ticket { at, ..known.begin() }, account("old"));
        assert!(known.get(account("").id).is_none());
    }

    #[test]
    fn more_accounts_than_fit_are_read_anew() {
        let known = Known::default();
        for n in 0..2 * ACCOUNTS_MAX as u128 {
            let id = UserId(uuid::Uuid::from_u128(n));
            known.insert(known.begin(), Account { id, ..account("somebody") });
            assert!(known.get(id).is_some());
        }
        assert!(known.state().accounts.len() <= ACCOUNTS_MAX);
    }
}
