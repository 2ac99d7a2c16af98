//! The machine as a whole: how busy it is, and what it is.

use std::{fs, time::Duration};

use serde::Serialize;

use crate::Outcome;

pub(super) struct Machine {
    /// Of all processors, since boot.
    pub busy: Duration,
    /// Slab objects and the buffers of TCP sockets.
    pub kernel_memory_kib: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct Description {
    pub processor: String,
    pub processors: f64,
    pub kernel: String,
    pub memory_mib: u64,
}

const PAGE_KIB: u64 = 4;

impl Machine {
    pub fn now() -> Outcome<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let memory = fs::read_to_string("/proc/meminfo")?;
        let sockets = fs::read_to_string("/proc/net/sockstat")?;
        Ok(Self {
            busy: time_of(busy_ticks(&stat).ok_or("no times in /proc/stat")?),
            kernel_memory_kib: kib(&memory, "Slab:")
                + tcp_pages(&sockets).ok_or("no TCP in /proc/net/sockstat")? * PAGE_KIB,
        })
    }
}

impl Description {
    pub fn read() -> Outcome<Self> {
        let cpus = fs::read_to_string("/proc/cpuinfo")?;
        let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let memory = fs::read_to_string("/proc/meminfo")?;
        Ok(Self {
            processor: model.map_or("unknown", |(_, model)| model).to_owned(),
            processors: processors(),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            memory_mib: kib(&memory, "MemTotal:") / 1024,
        })
    }
}

pub(super) fn processors() -> f64 {
    std::thread::available_parallelism()
        .map_or(1.0, |count| u32::try_from(count.get()).map_or(1.0, f64::from))
}

/// What the system counts processor time in, on Linux.
pub(super) const TICK: Duration = Duration::from_millis(10);

pub(super) fn time_of(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second())
}

/// All but idle and waiting for the disk. Guests are counted in user time already.
fn busy_ticks(stat: &str) -> Option<u64> {
    let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().take(8);
    let fields: Vec<u64> = fields.map(str::parse).collect::<Result<_, _>>().ok()?;
    let [user, nice, system, _idle, _iowait, interrupts, softirqs, steal] = fields[..] else { return None };
    Some(user + nice + system + interrupts + softirqs + steal)
}

/// A line of `/proc/meminfo`; 0 where there is none.
fn kib(meminfo: &str, name: &str) -> u64 {
    let value = meminfo.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
    value.and_then(|kib| kib.parse().ok()).unwrap_or_default()
}

fn tcp_pages(sockstat: &str) -> Option<u64> {
    let line = sockstat.lines().find(|line| line.starts_with("TCP:"))?;
    line.split_once(" mem ")?.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_not_work() {
        let stat = "cpu  100 10 20 5000 300 3 4 5 50 6\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(busy_ticks(stat), Some(142));
    }

    #[test]
    fn the_kernels_memory_for_sockets_is_found() {
        let sockets = "sockets: used 47\nTCP: inuse 5 orphan 0 tw 2 alloc 5 mem 225\nUDP: inuse 0 mem 7\n";
        assert_eq!(tcp_pages(sockets), Some(225));
    }

    #[test]
    fn this_machine_can_be_described() {
        assert!(Machine::now().unwrap().busy > Duration::ZERO);
        assert!(Description::read().unwrap().memory_mib > 0);
    }
}
