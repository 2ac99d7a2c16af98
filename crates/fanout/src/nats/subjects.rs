//! Names of topics at NATS. They consist of integers, UUIDs and words of ours: nothing from outside, no wildcard, no
//! separator.

use uuid::Uuid;

use crate::Topic;

/// What all of them begin with.
pub const ROOT: &str = "cloud-chat";

pub struct Subjects {
    prefix: String,
}

impl Subjects {
    pub fn new(installation: &str) -> Self {
        let is_plain =
            !installation.is_empty() && installation.bytes().all(|byte| byte.is_ascii_alphanumeric());
        assert!(is_plain, "an installation is named by letters and digits");
        Self { prefix: format!("{ROOT}.{installation}") }
    }

    pub fn of(&self, topic: Topic) -> String {
        let prefix = &self.prefix;
        match topic {
            Topic::Room(room) => format!("{prefix}.room.{}", room.0),
            Topic::User(user) => format!("{prefix}.user.{}", user.0),
            Topic::Accounts => format!("{prefix}.accounts"),
        }
    }

    /// A subject of this process alone.
    pub fn probe(&self) -> String {
        format!("{}.probe.{}", self.prefix, Uuid::new_v4())
    }
}

#[cfg(test)]
mod tests {
    use protocol::{RoomId, UserId};

    use super::*;

    #[test]
    fn a_subject_has_no_wildcard_and_exactly_its_own_parts() {
        let subjects = Subjects::new("abc123");
        for (topic, parts) in [
            (Topic::Room(RoomId(i64::MAX)), 4),
            (Topic::Room(RoomId(-1)), 4),
            (Topic::User(UserId::random()), 4),
            (Topic::Accounts, 3),
        ] {
            let subject = subjects.of(topic);
            assert_eq!(subject.split('.').filter(|part| !part.is_empty()).count(), parts, "{subject}");
            assert!(!subject.contains(['*', '>', ' ', '\t', '\r', '\n']), "{subject}");
        }
    }

    #[test]
    #[should_panic(expected = "letters and digits")]
    fn an_installation_cannot_be_a_wildcard() {
        Subjects::new(">");
    }
}
