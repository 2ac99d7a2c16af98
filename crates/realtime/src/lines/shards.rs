//! The threads that write to sockets, each to its own: away from the threads that answer requests, so that neither
//! waits for the other.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use kit::shutdown::Tasks;
use tokio::sync::oneshot;

use super::{Line, Pace, outgoing::Joined};
use crate::{
    metrics::Metrics,
    threads::{
        AtomicUsize, Condvar, Mutex, MutexGuard,
        thread::{self, JoinHandle},
    },
};

/// More than there would only take turns.
const THREADS_MAX: usize = 8;
/// After so many sockets the hub is told how far the thread is.
const STRIDE: usize = 32;

/// Owns the threads, and ends them when it is dropped.
pub(crate) struct Shards {
    all: Vec<Arc<Shard>>,
    threads: Vec<JoinHandle<()>>,
    next: AtomicUsize,
    pub pace: Arc<Pace>,
}

/// The sockets of one thread that have something to write.
pub(crate) struct Shard {
    nth: usize,
    queue: Mutex<Queue>,
    news: Condvar,
    pace: Arc<Pace>,
    pub(super) metrics: Metrics,
}

/// At most every socket of the shard, each once.
#[derive(Default)]
struct Queue {
    lines: Vec<Arc<Line>>,
    is_waiting: bool,
    is_stopping: bool,
}

impl Shards {
    pub fn start(metrics: &Metrics, tasks: &Tasks) -> Self {
        let count = thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
        let pace = Arc::new(Pace::new(count));
        let shard = |nth| Shard {
            nth,
            queue: Mutex::default(),
            news: Condvar::new(),
            pace: pace.clone(),
            metrics: metrics.clone(),
        };
        let all: Vec<_> = (0..count).map(|nth| Arc::new(shard(nth))).collect();
        let threads = all.iter().map(|shard| run(shard.clone(), tasks)).collect();
        Self { all, threads, next: AtomicUsize::new(0), pace }
    }

    /// The shard of the next socket: one after the other.
    pub fn next(&self) -> Arc<Shard> {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        self.all[nth % self.all.len()].clone()
    }
}

impl Drop for Shards {
    fn drop(&mut self) {
        for shard in &self.all {
            shard.lock().is_stopping = true;
            shard.news.notify_one();
        }
        for thread in self.threads.drain(..) {
            // One that panicked has said so.
            thread.join().ok();
        }
    }
}

/// A thread that panics ends the process, as a task does.
fn run(shard: Arc<Shard>, tasks: &Tasks) -> JoinHandle<()> {
    let (alive, ended) = oneshot::channel::<()>();
    tasks.spawn(|stopping| async move {
        if let Some(Err(_)) = stopping.run_until_cancelled(ended).await {
            panic!("a thread that writes to sockets is gone");
        }
    });
    let thread = thread::Builder::new().name(format!("sockets-{}", shard.nth));
    let work = move || {
        shard.run();
        alive.send(()).ok();
    };
    thread.spawn(work).expect("a process that starts may have a few threads")
}

impl Shard {
    /// To be called once for a line until it was written.
    pub fn schedule(&self, line: Arc<Line>) {
        self.pace.fall_behind(self.nth);
        let mut queue = self.lock();
        queue.lines.push(line);
        let is_waiting = std::mem::take(&mut queue.is_waiting);
        drop(queue);
        if is_waiting {
            self.news.notify_one();
        }
    }

    fn run(&self) {
        let (mut lines, mut joined) = (Vec::new(), Joined::default());
        while self.take(&mut lines) {
            for stride in lines.chunks(STRIDE) {
                for line in stride {
                    line.write(&mut joined);
                }
                self.pace.catch_up(self.nth, stride.len());
            }
            if let Some(oldest) = joined.oldest {
                self.metrics.delivered(oldest);
            }
            joined.clear();
            lines.clear();
        }
    }

    /// Waits for lines; `false` once there will be none.
    fn take(&self, lines: &mut Vec<Arc<Line>>) -> bool {
        let mut queue = self.lock();
        while queue.lines.is_empty() && !queue.is_stopping {
            queue.is_waiting = true;
            queue = self.news.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::swap(lines, &mut queue.lines);
        !lines.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
