//! What a run costs: CPU and memory of each process, of the generator, and of everything else on the machine.

mod machine;
mod process;

use std::time::{Duration, Instant};

use serde::Serialize;

pub use machine::Description;
use machine::Machine;
pub use process::Process;

use crate::Outcome;

/// What servers stand on.
const BESIDE: [&str; 2] = ["mariadbd", "nats-server"];

/// Takes the counters at the beginning of a run.
pub struct Watch {
    processes: Vec<(Process, Duration)>,
    generator: (Process, Duration),
    machine: Machine,
    begun: Instant,
}

#[derive(Debug, Clone, Serialize)]
pub struct Usage {
    pub wall_s: f64,
    pub processes: Vec<ProcessUsage>,
    pub generator_cpu_s: f64,
    /// CPU time of everything else on the machine.
    pub other_cpu_s: f64,
    /// What the kernel holds for all the machine: its objects, sockets among them, and what is in sockets' buffers.
    pub kernel_memory_kib: u64,
}

#[derive(Debug, Clone, Serialize)]
pub struct ProcessUsage {
    pub name: String,
    pub cpu_s: f64,
    pub resident_kib: u64,
    pub resident_peak_kib: u64,
}

impl Watch {
    pub fn start(processes: &[Process]) -> Outcome<Self> {
        let with_cpu = |process: &Process| Ok((process.clone(), process.cpu()?));
        Ok(Self {
            processes: processes.iter().map(with_cpu).collect::<Outcome<_>>()?,
            generator: with_cpu(&Process::own())?,
            machine: Machine::now()?,
            begun: Instant::now(),
        })
    }

    pub fn stop(self) -> Outcome<Usage> {
        let wall = self.begun.elapsed();
        let machine = Machine::now()?;
        let mut processes = Vec::new();
        for (process, before) in &self.processes {
            processes.push(ProcessUsage {
                name: process.name.clone(),
                cpu_s: process.cpu()?.saturating_sub(*before).as_secs_f64(),
                resident_kib: process.memory_kib("VmRSS")?,
                resident_peak_kib: process.memory_kib("VmHWM")?,
            });
        }
        let (generator, before) = &self.generator;
        let generator_cpu_s = generator.cpu()?.saturating_sub(*before).as_secs_f64();
        let ours = processes.iter().map(|process| process.cpu_s).sum::<f64>() + generator_cpu_s;
        let busy = machine.busy.saturating_sub(self.machine.busy).as_secs_f64();
        Ok(Usage {
            wall_s: wall.as_secs_f64(),
            processes,
            generator_cpu_s,
            other_cpu_s: (busy - ours).max(0.0),
            kernel_memory_kib: machine.kernel_memory_kib,
        })
    }
}

impl Usage {
    /// Of the server's own processes: what it stores in and what carries its events are others'. At least a tick: what
    /// took less is not told apart from nothing. Not a number where no process of it is known.
    pub fn server_cpu_s(&self) -> f64 {
        if self.server().next().is_none() {
            return f64::NAN;
        }
        let ticks: f64 = self.server().map(|process| process.cpu_s).sum();
        ticks.max(machine::TICK.as_secs_f64())
    }

    /// In KiB. Not a number where no process of it is known.
    #[expect(clippy::cast_precision_loss, reason = "memory in KiB is far below 2^52")]
    pub fn server_resident_kib(&self) -> f64 {
        if self.server().next().is_none() {
            return f64::NAN;
        }
        self.server().map(|process| process.resident_kib as f64).sum()
    }

    fn server(&self) -> impl Iterator<Item = &ProcessUsage> {
        self.processes.iter().filter(|process| !BESIDE.contains(&process.name.as_str()))
    }

    /// How much of the machine others had, in percent of all its processors.
    pub fn others_percent(&self) -> f64 {
        100.0 * self.other_cpu_s / (self.wall_s * machine::processors())
    }
}
