//! What people who wait are told: a line a second for what takes longer, and one at the end.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

use kit::db::Progress;

use crate::commands;

const PERIOD: Duration = Duration::from_secs(1);
/// What takes a while to read.
const LARGE_BYTES: u64 = 256 * 1024 * 1024;

pub struct Lines {
    name: &'static str,
    last: Instant,
    bytes_total: u64,
}

impl Lines {
    pub fn new(name: &'static str) -> Self {
        Self { name, last: Instant::now(), bytes_total: 0 }
    }

    pub fn show(&mut self, progress: Progress) {
        self.bytes_total = progress.bytes_total;
        if self.last.elapsed() >= PERIOD && progress.bytes_total > 0 {
            self.last = Instant::now();
            let percent = progress.bytes * 100 / progress.bytes_total;
            self.say(format_args!("{percent} % of {}", size(progress.bytes_total)));
        }
    }

    /// Only where it is worth a line.
    pub fn checking(&self) {
        if self.bytes_total >= LARGE_BYTES {
            self.say("copied, reading it again");
        }
    }

    pub fn done(&self, bytes: u64) {
        self.say(format_args!("{}, copied and checked", size(bytes)));
    }

    /// With nobody who reads it, the work goes on.
    fn say(&self, what: impl Display) {
        drop(commands::say(format_args!("{:9} {what}", self.name)));
    }
}

/// `512 B`, `1.2 kB`, `1.2 MB`, `1.2 GB`
pub fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit),
        None => format!("{bytes} B"),
    }
}
