//! What this process hears from the bus, as against what it wants to: one change at a time, so that a topic that
//! is left and wanted again cannot be overtaken by itself. Pure.

use std::collections::{HashMap, HashSet};

use fanout::Topic;
use tokio::sync::oneshot;

/// Counts finished changes: a topic heard at an epoch was heard before anything that began later.
pub(crate) type Epoch = u64;

#[derive(Debug, Default)]
pub(crate) struct Listening {
    topics: HashMap<Topic, Hearing>,
    unsettled: HashSet<Topic>,
    is_changing: bool,
    epoch: Epoch,
    waiting: Vec<Waiting>,
}

#[derive(Debug, Default)]
struct Hearing {
    is_wanted: bool,
    heard_since: Option<Epoch>,
}

#[derive(Debug)]
struct Waiting {
    topics: Vec<Topic>,
    ready: oneshot::Sender<Heard>,
}

/// All topics waited for are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Heard {
    pub now: Epoch,
    /// When the last of them was.
    pub newest: Epoch,
}

/// What to tell the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub listen: Vec<Topic>,
    pub unlisten: Vec<Topic>,
}

impl Listening {
    pub fn want(&mut self, topic: Topic) {
        self.set(topic, true);
    }

    pub fn leave(&mut self, topic: Topic) {
        self.set(topic, false);
    }

    /// Answers once all topics are heard; they must be wanted.
    pub fn when_heard(&mut self, topics: Vec<Topic>, ready: oneshot::Sender<Heard>) {
        self.waiting.extend(self.answer(Waiting { topics, ready }));
    }

    /// The next change, unless one is under way. `changed` must follow.
    pub fn next_change(&mut self) -> Option<Change> {
        if self.is_changing || self.unsettled.is_empty() {
            return None;
        }
        let mut change = Change { listen: Vec::new(), unlisten: Vec::new() };
        for topic in self.unsettled.drain() {
            match self.topics.get(&topic) {
                Some(hearing) if hearing.is_wanted && hearing.heard_since.is_none() => {
                    change.listen.push(topic);
                }
                Some(hearing) if !hearing.is_wanted && hearing.heard_since.is_some() => {
                    change.unlisten.push(topic);
                }
                Some(hearing) if !hearing.is_wanted => {
                    self.topics.remove(&topic);
                }
                _ => {}
            }
        }
        self.is_changing = !change.listen.is_empty() || !change.unlisten.is_empty();
        self.is_changing.then_some(change)
    }

    /// The change was made, or could not be: then it is due again.
    pub fn changed(&mut self, change: &Change, is_done: bool) {
        self.is_changing = false;
        if is_done {
            self.epoch += 1;
            for topic in &change.listen {
                self.topics.entry(*topic).or_default().heard_since = Some(self.epoch);
            }
            for topic in &change.unlisten {
                self.topics.entry(*topic).or_default().heard_since = None;
            }
        }
        // Wishes that changed meanwhile are found by looking again.
        self.unsettled.extend(change.listen.iter().chain(&change.unlisten));
        for waiting in std::mem::take(&mut self.waiting) {
            self.waiting.extend(self.answer(waiting));
        }
    }

    fn set(&mut self, topic: Topic, is_wanted: bool) {
        self.topics.entry(topic).or_default().is_wanted = is_wanted;
        self.unsettled.insert(topic);
    }

    /// Gives the waiting back while something is not heard yet.
    fn answer(&self, waiting: Waiting) -> Option<Waiting> {
        let since = |topic| self.topics.get(topic).and_then(|hearing: &Hearing| hearing.heard_since);
        let newest = waiting.topics.iter().try_fold(0, |newest, topic| Some(since(topic)?.max(newest)));
        match newest {
            Some(newest) => {
                // Whoever gave up waiting is not told.
                waiting.ready.send(Heard { now: self.epoch, newest }).ok();
                None
            }
            None => (!waiting.ready.is_closed()).then_some(waiting),
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::RoomId;

    use super::*;

    const ONE: Topic = Topic::Room(RoomId(1));
    const TWO: Topic = Topic::Room(RoomId(2));

    #[test]
    fn who_waits_is_answered_once_everything_is_heard() {
        let mut listening = Listening::default();
        listening.want(ONE);
        let first = listening.next_change().unwrap();
        assert_eq!(first.listen, [ONE]);
        listening.want(TWO);
        let (ready, mut heard) = oneshot::channel();
        listening.when_heard(vec![ONE, TWO], ready);
        assert_eq!(listening.next_change(), None);
        listening.changed(&first, true);
        assert!(heard.try_recv().is_err());
        let second = listening.next_change().unwrap();
        listening.changed(&second, true);
        assert_eq!(heard.try_recv(), Ok(Heard { now: 2, newest: 2 }));
    }

    #[test]
    fn a_topic_left_while_it_is_being_listened_to_is_left_afterwards() {
        let mut listening = Listening::default();
        listening.want(ONE);
        let change = listening.next_change().unwrap();
        listening.leave(ONE);
        listening.changed(&change, true);
        let change = listening.next_change().unwrap();
        assert_eq!((change.listen.as_slice(), change.unlisten.as_slice()), (&[][..], &[ONE][..]));
        listening.changed(&change, true);
        assert_eq!(listening.next_change(), None);
        assert!(listening.topics.is_empty());
    }

    #[test]
    fn what_the_bus_refused_is_due_again() {
        let mut listening = Listening::default();
        listening.want(ONE);
        let change = listening.next_change().unwrap();
        listening.changed(&change, false);
        assert_eq!(listening.next_change(), Some(change));
    }
}
