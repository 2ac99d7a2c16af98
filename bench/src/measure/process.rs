//! One process, as `/proc` tells of it.

use std::{fs, time::Duration};

use crate::Outcome;

#[derive(Debug, Clone)]
pub struct Process {
    pub name: String,
    id: u32,
}

impl Process {
    pub fn new(name: impl Into<String>, id: u32) -> Self {
        Self { name: name.into(), id }
    }

    /// Ends one that was started here. It may have ended already.
    pub fn kill(&self) {
        let id = i32::try_from(self.id).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            rustix::process::kill_process(id, rustix::process::Signal::KILL).ok();
        }
    }

    pub fn own() -> Self {
        Self::new("generator", std::process::id())
    }

    /// User and system time of all its threads, those that ended too.
    pub fn cpu(&self) -> Outcome<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id))?;
        let ticks = ticks(&stat).ok_or_else(|| format!("no times in {stat:?}"))?;
        Ok(super::machine::time_of(ticks))
    }

    #[expect(clippy::cast_precision_loss, reason = "memory in KiB is far below 2^52")]
    pub fn resident_kib(&self) -> Outcome<f64> {
        Ok(self.memory_kib("VmRSS")? as f64)
    }

    /// `VmRSS` or another line of `/proc/PID/status`, in KiB.
    pub fn memory_kib(&self, line: &str) -> Outcome<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id))?;
        let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
        Ok(value.and_then(|text| text.split_whitespace().next()).ok_or("no such line")?.parse()?)
    }
}

/// `utime` and `stime`, the 14th and 15th field. The second field, the name, may hold spaces and parentheses.
fn ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_past_any_name() {
        let stat = "12 (a) b (c)) S 1 1 1 0 -1 4194304 100 0 0 0 150 25 7 9 20 0 1 0 2319100 3133440 379";
        assert_eq!(ticks(stat), Some(175));
    }

    #[test]
    fn the_own_process_is_there() {
        let own = Process::own();
        assert!(own.memory_kib("VmRSS").unwrap() > 100);
        assert!(own.memory_kib("VmHWM").unwrap() >= own.memory_kib("VmRSS").unwrap());
        own.cpu().unwrap();
    }
}
