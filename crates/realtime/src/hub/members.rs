//! Which users with sockets here are members of one room, and as of which revision of it that is known. Pure.

use std::collections::{HashMap, HashSet};

use protocol::UserId;

/// Everybody in `local` is a member as of revision `known` or a later one of their own. `L` is what hears for them.
#[derive(Debug)]
pub(crate) struct Members<L> {
    known: i64,
    /// The highest revision that is known to exist.
    wanted: i64,
    local: HashMap<UserId, Local<L>>,
}

#[derive(Debug)]
struct Local<L> {
    /// Counts where it is above `known`.
    as_of: i64,
    listeners: L,
}

impl<L> Default for Members<L> {
    fn default() -> Self {
        Self { known: 0, wanted: 0, local: HashMap::new() }
    }
}

impl<L> Members<L> {
    /// The room had these members' revision before anybody was attached.
    pub fn start(&mut self, revision: i64) {
        self.known = revision;
        self.saw(revision);
    }

    /// Revision `revision` exists.
    pub fn saw(&mut self, revision: i64) {
        self.wanted = self.wanted.max(revision);
    }

    /// What may be handed to everybody here: events up to this revision.
    pub fn known(&self) -> i64 {
        self.known
    }

    pub fn wanted(&self) -> i64 {
        self.wanted
    }

    /// Whether somebody joined or left whom we do not know about.
    pub fn is_behind(&self) -> bool {
        self.wanted > self.known
    }

    pub fn is_empty(&self) -> bool {
        self.local.is_empty()
    }

    pub fn users(&self) -> Vec<UserId> {
        self.local.keys().copied().collect()
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (UserId, &mut L)> {
        self.local.iter_mut().map(|(user, local)| (*user, &mut local.listeners))
    }

    pub fn get_mut(&mut self, user: UserId) -> Option<&mut L> {
        self.local.get_mut(&user).map(|local| &mut local.listeners)
    }

    /// A user was read to be a member as of `as_of`.
    pub fn attach(&mut self, user: UserId, as_of: i64) -> &mut L
    where
        L: Default,
    {
        self.saw(as_of);
        if !self.local.contains_key(&user) && as_of < self.known {
            // Read before changes that we know of: nothing newer goes out until this user was read again.
            self.saw(self.known);
            for local in self.local.values_mut() {
                local.as_of = local.as_of.max(self.known);
            }
            self.known = as_of;
        }
        let local = self.local.entry(user).or_insert_with(|| Local { as_of, listeners: L::default() });
        local.as_of = local.as_of.max(as_of);
        &mut local.listeners
    }

    pub fn detach(&mut self, user: UserId) -> Option<L> {
        self.local.remove(&user).map(|local| local.listeners)
    }

    pub fn detach_all(&mut self) -> Vec<(UserId, L)> {
        self.local.drain().map(|(user, local)| (user, local.listeners)).collect()
    }

    /// The user joined; whether they have sockets here is the caller's to see to.
    pub fn added(&mut self, revision: i64) {
        self.changed(revision);
    }

    /// The user left: returns their listeners, unless they were read to be a member later than that.
    pub fn removed(&mut self, user: UserId, revision: i64) -> Option<L> {
        let was = self.local.get(&user).is_some_and(|local| local.as_of.max(self.known) < revision);
        let listeners = if was { self.detach(user) } else { None };
        self.changed(revision);
        listeners
    }

    /// The answer for `asked`: who of them are members as of `revision`. Returns those who are not any more.
    pub fn read(&mut self, revision: i64, asked: &[UserId], members: &[UserId]) -> Vec<(UserId, L)> {
        self.saw(revision);
        let members: HashSet<UserId> = members.iter().copied().collect();
        let mut gone = Vec::new();
        for user in asked {
            let Some(local) = self.local.get_mut(user) else { continue };
            if local.as_of.max(self.known) > revision {
                continue;
            }
            if members.contains(user) {
                local.as_of = revision;
            } else {
                gone.extend(self.detach(*user).map(|listeners| (*user, listeners)));
            }
        }
        // Who was attached meanwhile was not asked about: as far as the least known.
        let least = self.local.values().map(|local| local.as_of.max(self.known)).min();
        self.known = self.known.max(least.unwrap_or(self.wanted));
        gone
    }

    /// Nobody here can be handed anything wrong.
    pub fn settle(&mut self) {
        self.known = self.known.max(self.wanted);
    }

    /// A change that directly follows what we know touches one user only, whom the caller has seen to.
    fn changed(&mut self, revision: i64) {
        self.saw(revision);
        if revision == self.known + 1 {
            self.known = revision;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(revision: i64) -> Members<()> {
        let mut members = Members::default();
        members.start(revision);
        members
    }

    #[test]
    fn changes_that_follow_each_other_need_no_reading() {
        let (bob, eve) = (UserId::random(), UserId::random());
        let mut members = at(4);
        members.attach(bob, 4);
        members.added(5);
        assert_eq!(members.removed(bob, 6), Some(()));
        assert_eq!(members.removed(eve, 7), None);
        assert!(members.known() == 7 && !members.is_behind());
    }

    #[test]
    fn a_skipped_change_is_read_before_anything_newer_goes_out() {
        let bob = UserId::random();
        let mut members = at(4);
        members.attach(bob, 4);
        members.added(6);
        assert!(members.is_behind() && members.known() == 4);
        assert!(members.read(6, &[bob], &[bob]).is_empty());
        assert!(!members.is_behind());
    }

    #[test]
    fn a_late_removal_does_not_touch_who_was_read_to_be_back() {
        let bob = UserId::random();
        let mut members = at(4);
        members.attach(bob, 6);
        assert_eq!(members.removed(bob, 5), None);
        assert_eq!(members.users(), [bob]);
    }

    #[test]
    fn who_was_read_before_a_known_change_is_read_again() {
        let (bob, eve) = (UserId::random(), UserId::random());
        let mut members = at(4);
        members.attach(bob, 4);
        members.added(5);
        members.attach(eve, 4);
        assert!(members.is_behind() && members.known() == 4);
        // Bob alone was asked: Eve is still as of 4.
        members.read(5, &[bob], &[bob]);
        assert!(members.is_behind());
        assert_eq!(members.read(5, &[bob, eve], &[bob]), [(eve, ())]);
        assert!(!members.is_behind());
    }

    #[test]
    fn an_answer_from_before_somebody_was_attached_does_not_touch_them() {
        let bob = UserId::random();
        let mut members = at(4);
        members.attach(bob, 6);
        assert!(members.read(5, &[bob], &[]).is_empty());
        assert_eq!(members.users(), [bob]);
    }
}
