//! Which changes of a room's members were told here. Nodes publish on their own, so that of two changes the later one may be
//! heard first; an event may be doubled, or lost. Pure.

use std::collections::BTreeMap;

use protocol::UserId;

/// Changes told past one that was not. Beyond, the earliest may be told again once that one was read.
const BEYOND_MAX: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Told {
    /// All up to this revision were.
    through: i64,
    /// Whose change each later one that was told is.
    beyond: BTreeMap<i64, UserId>,
}

impl Told {
    pub fn through(&self) -> i64 {
        self.through
    }

    /// Nothing up to this revision is to be told any more.
    pub fn reach(&mut self, members_rev: i64) {
        if members_rev > self.through {
            self.through = members_rev;
            self.beyond = self.beyond.split_off(&(members_rev + 1));
        }
        while self.beyond.first_key_value().is_some_and(|(first, _)| *first == self.through + 1) {
            self.beyond.pop_first();
            self.through += 1;
        }
    }

    /// Whether a change is to be told: once, and not after a later one of the same member.
    pub fn tells(&mut self, user: UserId, members_rev: i64) -> bool {
        if members_rev <= self.through || self.beyond.contains_key(&members_rev) {
            return false;
        }
        let is_overtaken = self.beyond.range(members_rev..).any(|(_, other)| *other == user);
        self.beyond.insert(members_rev, user);
        if self.beyond.len() > BEYOND_MAX {
            self.beyond.pop_first();
        }
        self.reach(self.through);
        !is_overtaken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(members_rev: i64) -> Told {
        let mut told = Told::default();
        told.reach(members_rev);
        told
    }

    #[test]
    fn every_change_is_told_once() {
        let ann = UserId::random();
        let mut told = through(4);
        assert!(told.tells(ann, 5) && !told.tells(ann, 5) && !told.tells(ann, 4));
        assert_eq!(told.through(), 5);
    }

    #[test]
    fn an_earlier_change_is_not_told_after_a_later_one_of_the_same_member() {
        let (ann, bob) = (UserId::random(), UserId::random());
        let mut told = through(4);
        assert!(told.tells(ann, 7) && told.tells(bob, 6));
        assert!(!told.tells(ann, 5), "overtaken");
        assert_eq!(told.through(), 7);
    }

    #[test]
    fn what_is_missing_holds_up_what_is_known_to_be_told_and_nothing_else() {
        let (ann, bob) = (UserId::random(), UserId::random());
        let mut told = through(0);
        assert!(told.tells(ann, 2) && told.tells(bob, 3));
        assert_eq!(told.through(), 0);
        told.reach(1);
        assert_eq!(told.through(), 3);
        assert!(!told.tells(bob, 3));
    }

    #[test]
    fn many_changes_past_a_lost_one_take_bounded_memory_and_are_told() {
        let mut told = through(0);
        assert!((2..5000).all(|rev| told.tells(UserId::random(), rev)));
        assert_eq!(told.beyond.len(), BEYOND_MAX);
        told.reach(4000);
        assert_eq!(told.through(), 4999);
    }
}
