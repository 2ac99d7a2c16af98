//! What may happen, to whom, and for how long.

use std::{fmt, time::Duration};

use rand::{RngExt, rngs::StdRng};
use testbed::{Clock, MariaDb, Proxy, nats::NatsServer};

use super::{shapes::Shape, world::World};
use crate::harness::{App, Aws};

/// How long a process is given to come past the point at which it is to die; then it is killed.
const DYING: Duration = Duration::from_secs(5);
/// How often an answer is lost in a row, and how long one that is asked for is waited for.
const LOST: usize = 3;
const ASKED: Duration = Duration::from_secs(2);
/// By how much a clock is stepped: within what nodes may differ by, and far beyond it.
const STEPS_SECS: [i64; 8] = [-3600, -300, -60, -5, 5, 60, 300, 3600];
/// Each file of a database is longer.
const FULL_BYTES: u64 = 16 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    /// Which process of ours.
    Server(usize),
    Nats,
    MariaDb,
    /// All processes of the Lambda.
    Functions,
    /// Keeps everything in memory: it cannot be killed.
    Dynamo,
}

/// From where to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From clients to a process that takes sockets.
    Sockets(usize),
    /// From clients to one that answers requests.
    Requests(usize),
    /// From a process to NATS, to the database server, from all nodes for sockets to those of chat.
    Nats(usize),
    Database(usize),
    Chat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `kill -9`, and started again on the same data and port.
    Kill(Victim),
    /// Stands still for a moment, its connections open.
    Freeze(Victim),
    /// Started again so that it dies at a named point, and then again as it was.
    DieAt { server: usize, point: &'static str, nth: u32 },
    /// Nothing passes for a moment.
    Silence(Way),
    /// Nothing passes any more on the connections there are, and nobody is told.
    HalfOpen(Way),
    /// Everything takes so many milliseconds.
    Slow(Way, u64),
    /// The connections there are end in the middle of a frame.
    Cut(Way),
    /// Requests are done and their answers lost.
    LoseAnswers(Way),
    /// The database server refuses to write.
    ReadOnly,
    /// No file of MariaDB may grow; of the first process, where there is none.
    DiskFull,
    /// Its clock is so many seconds ahead, behind where negative. Right again afterwards where there are others.
    StepClock(Victim, i64),
    /// API Gateway ends every connection, as it does after two hours.
    EndAll,
    /// Some clients read nothing.
    SlowReaders,
}

impl Fault {
    /// Every kind is as likely as every other, death at a named point twice so: there are many.
    pub fn draw(shape: Shape, random: &mut StdRng) -> Self {
        let clients = [shape.requests(), shape.sockets()].concat();
        let all = [clients, shape.inner()].concat();
        let replaced = [shape.sockets(), shape.inner()].concat();
        let own = shape.own_faults();
        match random.random_range(0..11 + own.len()) {
            0 => Self::Kill(pick(&shape.victims(), random)),
            1 => Self::Freeze(pick(&shape.freezing(), random)),
            2 | 3 => {
                let (server, point) = pick(&shape.points(), random);
                Self::DieAt { server, point, nth: random.random_range(8..40) }
            }
            4 => Self::Silence(pick(&all, random)),
            5 => Self::HalfOpen(pick(&replaced, random)),
            6 => Self::Slow(pick(&all, random), random.random_range(10..150)),
            7 => Self::Cut(pick(&all, random)),
            8 => Self::LoseAnswers(pick(&shape.requests(), random)),
            9 => Self::SlowReaders,
            10 => Self::StepClock(pick(&shape.clocks(), random), pick(&STEPS_SECS, random)),
            nth => own[nth - 11],
        }
    }

    pub fn kind(self) -> &'static str {
        match self {
            Self::Kill(_) => "kill -9",
            Self::Freeze(_) => "SIGSTOP",
            Self::DieAt { .. } => "death at a named point",
            Self::Silence(_) => "partition",
            Self::HalfOpen(_) => "half-open connections",
            Self::Slow(..) => "slow network",
            Self::Cut(_) => "connections cut mid-frame",
            Self::LoseAnswers(_) => "lost answers",
            Self::ReadOnly => "read-only database",
            Self::DiskFull => "full disk",
            Self::StepClock(..) => "clock step",
            Self::EndAll => "API Gateway's cut after two hours",
            Self::SlowReaders => "slow readers",
        }
    }

    /// Whether somebody had to come back for it to end.
    pub fn is_a_death(self) -> bool {
        matches!(self, Self::Kill(_) | Self::DieAt { .. })
    }

    /// Returns once it is over: the victim is there again, the way is whole.
    pub async fn strike(self, lasting: Duration, app: &mut App, world: &World) {
        match self {
            Self::Kill(victim) => {
                victim.kill(app).await;
                tokio::time::sleep(lasting).await;
                victim.start_again(app).await;
            }
            Self::Freeze(victim) => {
                victim.freeze(app);
                tokio::time::sleep(lasting).await;
                victim.thaw(app);
            }
            Self::DieAt { server, point, nth } => {
                let server = &mut app.servers[server];
                server.kill().await;
                server.start_again_with("DIE_AT", &format!("{point}={nth}")).await;
                if !server.ends_within(DYING).await {
                    server.kill().await;
                }
                tokio::time::sleep(lasting).await;
                server.start_again_with("DIE_AT", "").await;
            }
            Self::Silence(way) => {
                way.of(app).fall_silent();
                tokio::time::sleep(lasting).await;
                way.of(app).clear();
            }
            Self::HalfOpen(way) => {
                way.of(app).fall_silent();
                tokio::time::sleep(lasting).await;
                way.of(app).clear_for_others();
            }
            Self::Slow(way, by_ms) => {
                way.of(app).slow_down(Duration::from_millis(by_ms));
                tokio::time::sleep(lasting).await;
                way.of(app).clear();
            }
            Self::Cut(way) => way.of(app).cut(),
            Self::LoseAnswers(way) => {
                for _ in 0..LOST {
                    way.of(app).lose_answer_to("POST /");
                    tokio::time::timeout(ASKED, way.of(app).until_asked()).await.ok();
                }
                way.of(app).keep_answers();
            }
            Self::ReadOnly => {
                mariadb(app).set_read_only(true).await;
                tokio::time::sleep(lasting).await;
                mariadb(app).set_read_only(false).await;
            }
            Self::DiskFull => {
                if let Some(mariadb) = &app.mariadb {
                    mariadb.fill_disk().await;
                } else {
                    app.servers[0].limit_files(Some(FULL_BYTES));
                }
                tokio::time::sleep(lasting).await;
                if let Some(mariadb) = &app.mariadb {
                    mariadb.free_disk();
                } else {
                    app.servers[0].limit_files(None);
                }
            }
            Self::StepClock(victim, by_secs) => {
                victim.clock(app).step(by_secs);
                tokio::time::sleep(lasting).await;
                if app.servers.len() > 1 {
                    victim.clock(app).set_right();
                }
            }
            Self::EndAll => aws(app).gateway.end_all(),
            Self::SlowReaders => {
                let pause = world.pause_readers();
                tokio::time::sleep(lasting).await;
                drop(pause);
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kill(victim) | Self::Freeze(victim) => write!(f, "{}: {victim:?}", self.kind()),
            Self::DieAt { server, point, nth } => {
                write!(f, "{}: Server({server}), {point}, the {nth}th time", self.kind())
            }
            Self::Silence(way) | Self::HalfOpen(way) | Self::Cut(way) | Self::LoseAnswers(way) => {
                write!(f, "{}: {way:?}", self.kind())
            }
            Self::Slow(way, by_ms) => write!(f, "{}: {way:?}, by {by_ms} ms", self.kind()),
            Self::StepClock(victim, by_secs) => {
                write!(f, "{}: {victim:?}, by {by_secs} s", self.kind())
            }
            Self::ReadOnly | Self::DiskFull | Self::EndAll | Self::SlowReaders => f.write_str(self.kind()),
        }
    }
}

impl Victim {
    pub async fn kill(self, app: &mut App) {
        match self {
            Self::Server(nth) => app.servers[nth].kill().await,
            Self::Nats => nats(app).kill().await,
            Self::MariaDb => mariadb(app).kill().await,
            Self::Functions => aws(app).kill_functions().await,
            Self::Dynamo => unreachable!("it is not among those that are killed"),
        }
    }

    pub async fn start_again(self, app: &mut App) {
        match self {
            Self::Server(nth) => app.servers[nth].start_again().await,
            Self::Nats => nats(app).start_again().await,
            Self::MariaDb => mariadb(app).start_again().await,
            Self::Functions => aws(app).start_functions_again(),
            Self::Dynamo => unreachable!("it is not among those that are killed"),
        }
    }

    fn clock(self, app: &mut App) -> &mut Clock {
        match self {
            Self::Server(nth) => app.servers[nth].clock(),
            Self::Functions => aws(app).clock(),
            Self::Nats | Self::MariaDb | Self::Dynamo => unreachable!("it is not among those with a clock"),
        }
    }

    pub fn freeze(self, app: &mut App) {
        match self {
            Self::Server(nth) => app.servers[nth].freeze(),
            Self::Nats => nats(app).freeze(),
            Self::MariaDb => mariadb(app).freeze(),
            Self::Functions => aws(app).freeze_functions(),
            Self::Dynamo => aws(app).dynamo.freeze(),
        }
    }

    pub fn thaw(self, app: &mut App) {
        match self {
            Self::Server(nth) => app.servers[nth].thaw(),
            Self::Nats => nats(app).thaw(),
            Self::MariaDb => mariadb(app).thaw(),
            Self::Functions => aws(app).thaw_functions(),
            Self::Dynamo => aws(app).dynamo.thaw(),
        }
    }
}

impl Way {
    fn of(self, app: &App) -> &Proxy {
        let ways = &app.ways;
        match self {
            Self::Sockets(nth) => &ways.sockets[nth],
            Self::Requests(nth) => &ways.requests[nth],
            Self::Nats(nth) => &ways.nats[nth],
            Self::Database(nth) => &ways.databases[nth],
            Self::Chat => ways.chat.as_ref().expect("services have one"),
        }
    }
}

fn pick<T: Copy>(among: &[T], random: &mut StdRng) -> T {
    among[random.random_range(0..among.len())]
}

fn nats(app: &mut App) -> &mut NatsServer {
    app.nats.as_mut().expect("it is among the victims")
}

fn mariadb(app: &mut App) -> &mut MariaDb {
    app.mariadb.as_mut().expect("it is among the victims")
}

fn aws(app: &mut App) -> &mut Aws {
    app.aws.as_mut().expect("it is among the victims")
}
