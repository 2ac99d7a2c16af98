//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::{
    measure::Process,
    product::{Running, Shape},
};

/// Measures Cloud Chat from outside, beside what this machine can do at most. Without a command it runs everything.
/// Figures depend on the machine: compare within one run.
#[derive(Debug, Parser)]
#[command(max_term_width = 110)]
pub struct Options {
    #[command(subcommand)]
    pub command: Option<Command>,

    #[command(flatten)]
    pub common: Common,
}

#[derive(Debug, Args)]
pub struct Common {
    /// The program to measure; give several and they take turns, which tells them apart on a noisy machine.
    #[arg(long = "server", global = true, value_name = "PATH", default_value = "target/release/cloud-chat")]
    pub servers: Vec<PathBuf>,

    /// How it is started.
    #[arg(long, global = true, value_enum, default_value = "sqlite")]
    pub shape: Shape,

    /// Measures one that runs already instead: where its auth is (http://127.0.0.1:5002). It needs RATE_LIMITS=off.
    #[arg(long, global = true, value_name = "URL", requires_all = ["chat", "ws", "jwt_secret"])]
    pub auth: Option<String>,

    /// Where its chat is.
    #[arg(long, global = true, value_name = "URL")]
    pub chat: Option<String>,

    /// Where its sockets are.
    #[arg(long, global = true, value_name = "IP:PORT")]
    pub ws: Option<SocketAddr>,

    /// What it signs its tokens with.
    #[arg(long, global = true, env = "JWT_SECRET", hide_env_values = true)]
    pub jwt_secret: Option<String>,

    /// A process of it whose CPU and memory count, such as `cloud-chat=1234`; mariadbd and nats-server are told apart
    /// from the server itself.
    #[arg(long = "process", global = true, value_name = "NAME=ID", value_parser = process)]
    pub processes: Vec<Process>,

    /// Shrinks every scenario, to see that it works: 0.01 has a hundredth of the sockets.
    #[arg(long, global = true, env = "BENCH_SCALE", default_value_t = 1.0)]
    pub scale: f64,

    /// Each scenario so often; medians are shown.
    #[arg(long, global = true, default_value_t = 3)]
    pub rounds: usize,

    /// Length of one measurement.
    #[arg(long, global = true, default_value_t = 4.0)]
    pub seconds: f64,

    /// Where table, JSON and charts go.
    #[arg(long, global = true, value_name = "DIR", default_value = "target/bench")]
    pub out: PathBuf,
}

impl Common {
    /// The one to measure instead of starting any.
    pub fn running(&self) -> Option<Running> {
        Some(Running {
            auth: self.auth.clone()?,
            chat: self.chat.clone()?,
            ws: self.ws?,
            secret: self.jwt_secret.clone()?,
            processes: self.processes.clone(),
        })
    }
}

fn process(text: &str) -> Result<Process, String> {
    let (name, id) = text.split_once('=').ok_or("a name, an equals sign and a process id")?;
    Ok(Process::new(name, id.parse().map_err(|_| format!("{id} is not a process id"))?))
}

#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Time to ready, memory with nobody there, one message after the other.
    Alone(Alone),
    /// Sockets that are connected and silent.
    Idle(Idle),
    /// Every message to every socket of one room.
    FanOut(FanOut),
    /// Durable messages a second in many rooms.
    Rooms(Rooms),
    /// Reads, posts and logins.
    Http(Http),
    /// What many logins do to the messages of others.
    LoginStorm(LoginStorm),
    /// What a team does on a working day, at a steady pace.
    Day(Day),
    /// Whether the time of an answer tells who has an account.
    Enumeration(Enumeration),
    /// Cloud Chat and other servers, one after the other: nginx with nchan, ejabberd, a short one on Node.
    Peers(Peers),
    /// Rooms with many messages and people with many rooms, beside small ones.
    Large(Large),
    /// What many nodes would hear and write, by chance and arithmetic; starts nothing.
    Simulate(Simulate),
    /// A server that answers every request with the same body; the other side of a ceiling.
    #[command(hide = true)]
    BareHttp(BareHttp),
    /// One loop that writes frames to sockets; the other side of a ceiling.
    #[command(hide = true)]
    BareWrites(BareWrites),
}

#[derive(Debug, Clone, Args)]
pub struct Alone {
    /// Starts to time.
    #[arg(long, default_value_t = 3)]
    pub starts: usize,
}

#[derive(Debug, Clone, Args)]
pub struct Idle {
    #[arg(long, default_value_t = 10_000)]
    pub sockets: usize,
}

#[derive(Debug, Clone, Args)]
pub struct FanOut {
    /// Sockets in the room; without it, the sizes that have goals.
    #[arg(long)]
    pub sockets: Option<usize>,

    /// Messages a second, whatever the server does (open loop); without it, the next goes when the last was heard by
    /// all (closed loop).
    #[arg(long)]
    pub rate: Option<f64>,

    /// Who sends when the loop is saturated.
    #[arg(long, default_value_t = 16)]
    pub senders: usize,

    /// Messages that each sender has under way when the loop is saturated.
    #[arg(long, default_value_t = 8)]
    pub window: usize,

    /// Length of a message's text.
    #[arg(long, default_value_t = 40)]
    pub text_bytes: usize,
}

#[derive(Debug, Clone, Args)]
pub struct Rooms {
    #[arg(long = "rooms", default_value_t = 50)]
    pub count: usize,

    /// Of each room, with a socket each.
    #[arg(long, default_value_t = 10)]
    pub members: usize,

    #[arg(long, default_value_t = 32)]
    pub senders: usize,

    /// Messages that each sender has under way.
    #[arg(long, default_value_t = 8)]
    pub window: usize,

    #[arg(long, default_value_t = 40)]
    pub text_bytes: usize,
}

#[derive(Debug, Clone, Args)]
pub struct Http {
    /// Who read at once.
    #[arg(long, default_value_t = 64)]
    pub clients: usize,

    /// Who post, or log in, at once.
    #[arg(long, default_value_t = 16)]
    pub senders: usize,
}

#[derive(Debug, Clone, Args)]
pub struct LoginStorm {
    /// Who log in, each again as soon as they are in.
    #[arg(long, default_value_t = 50)]
    pub clients: usize,

    #[arg(long, default_value_t = 200)]
    pub sockets: usize,

    /// Messages a second to all sockets.
    #[arg(long, default_value_t = 20.0)]
    pub rate: f64,
}

#[derive(Debug, Clone, Args)]
pub struct Day {
    /// Who are there, with a socket each.
    #[arg(long, default_value_t = 500)]
    pub people: usize,

    /// What each writes in a minute.
    #[arg(long, default_value_t = 4.0)]
    pub messages_a_minute: f64,

    /// What each asks over HTTP in a minute: pages of history, room lists, read marks, and now and then a login.
    #[arg(long, default_value_t = 12.0)]
    pub requests_a_minute: f64,
}

#[derive(Debug, Clone, Args)]
pub struct Enumeration {
    /// Of each kind.
    #[arg(long, default_value_t = 1_000)]
    pub requests: usize,
}

#[derive(Debug, Clone, Args)]
pub struct Peers {
    /// Sockets in the room.
    #[arg(long, default_value_t = 500)]
    pub sockets: usize,
}

#[derive(Debug, Clone, Args)]
pub struct Large {
    /// Messages of the large room.
    #[arg(long, default_value_t = 1_000_000)]
    pub messages: usize,

    /// Rooms of who has many.
    #[arg(long = "rooms", default_value_t = 1_000)]
    pub rooms: usize,

    /// Reads, and sends, of each kind in one turn.
    #[arg(long, default_value_t = 100)]
    pub requests: u64,
}

#[derive(Debug, Clone, Args)]
pub struct Simulate {
    /// Who are connected, with a socket each.
    #[arg(long, default_value_t = 100_000)]
    pub people: usize,

    /// Rooms of each, in the mean.
    #[arg(long, default_value_t = 10)]
    pub rooms_each: usize,

    /// Members of the largest room; the second has half of them, the third a third, and so on.
    #[arg(long, default_value_t = 20_000)]
    pub largest: usize,

    /// What each writes in a minute.
    #[arg(long, default_value_t = 0.5)]
    pub messages_a_minute: f64,

    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16,32,64")]
    pub nodes: Vec<usize>,

    /// Processor time of one delivery, in microseconds, as `fan-out` measures it.
    #[arg(long, default_value_t = 5.0)]
    pub delivery_us: f64,

    /// Processor time of one event that a node hears, in microseconds; as much as `rooms` needs to store one, answer it
    /// and write it to ten sockets is surely enough.
    #[arg(long, default_value_t = 30.0)]
    pub event_us: f64,

    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

#[derive(Debug, Clone, Args)]
pub struct BareHttp {
    #[arg(long)]
    pub bytes: usize,
}

#[derive(Debug, Clone, Args)]
pub struct BareWrites {
    #[arg(long)]
    pub sockets: usize,
    #[arg(long)]
    pub bytes: usize,
    /// Frames in one write.
    #[arg(long)]
    pub frames: usize,
    #[arg(long)]
    pub seconds: f64,
}
