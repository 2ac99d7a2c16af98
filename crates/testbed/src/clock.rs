//! The wall clock of processes that are built with `fault-points`: a file says by how much it is wrong.

use std::{
    fs,
    path::{Path, PathBuf},
};

pub struct Clock {
    file: PathBuf,
    ahead_secs: i64,
}

impl Clock {
    /// Right, and for what writes this log.
    pub fn of(log: &Path) -> Self {
        Self { file: log.with_extension("clock"), ahead_secs: 0 }
    }

    /// The variable that a process needs to follow it.
    pub fn setting(&self) -> (String, String) {
        ("CLOCK_STEP_FILE".into(), self.file.display().to_string())
    }

    /// Forward; back, where negative. What measures durations is not touched.
    pub fn step(&mut self, by_secs: i64) {
        self.ahead_secs += by_secs;
        let next = self.file.with_extension("clock-next");
        // Whoever reads it meanwhile finds one whole number or the other.
        fs::write(&next, (self.ahead_secs * 1000).to_string()).expect("there is space");
        fs::rename(next, &self.file).expect("it was just written");
    }

    pub fn set_right(&mut self) {
        self.step(-self.ahead_secs);
    }
}
