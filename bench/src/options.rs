//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Time to ready, memory with nobody there, one message after the other.
    Alone(Alone),
    /// Sockets that are connected and silent.
    Idle(Idle),
    /// Every message to every socket of one room.
    FanOut(FanOut),
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
