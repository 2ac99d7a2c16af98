//! What the system lets a process have.

use super::report::{Finding, ok, warning};

/// Sockets, requests, files and connections of a small installation.
const OPEN_FILES_WISE: u64 = 4096;

/// The program raises its own soft limit to the hard one.
pub fn open_files() -> Finding {
    match rlimit::getrlimit(rlimit::Resource::NOFILE) {
        Ok((_, hard)) if hard < OPEN_FILES_WISE => warning(format!(
            "{hard} for this user: every open connection takes one. Raise it (LimitNOFILE= in systemd, ulimit -Hn)."
        )),
        Ok((_, hard)) if hard == rlimit::INFINITY => ok("as many as there are"),
        Ok((_, hard)) => ok(format!("up to {hard}")),
        Err(error) => warning(format!("the limit cannot be read: {error}")),
    }
}
