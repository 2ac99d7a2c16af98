//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::product::Shape;

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
