//! The shapes that have to prove themselves, and what there is in each to go wrong. What a schedule is drawn from.

use std::time::Duration;

use super::faults::{Fault, Victim, Way};
use crate::harness::Topology;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Everything in one, on SQLite.
    One,
    /// Auth, two nodes of chat, three for sockets, MariaDB and NATS.
    Services,
    /// Auth and chat over MariaDB, sockets behind what API Gateway and Lambda are, connections in DynamoDB.
    Lambda,
}

/// Points around what is committed and told: see `kit::fault_points`.
const STORING: [&str; 5] =
    ["before-commit", "after-commit", "before-publish", "after-publish", "before-answer"];
const ACKNOWLEDGING: [&str; 2] = ["before-ack", "after-ack"];

impl Shape {
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Services => "services",
            Self::Lambda => "lambda",
        }
    }

    /// How many seeds run with every other test.
    pub fn few(self) -> u64 {
        if self == Self::Lambda { 1 } else { 2 }
    }

    /// Tokens expire in the middle of it.
    pub fn topology(self) -> Topology {
        let topology = match self {
            Self::One => Topology::one_process(),
            Self::Services => Topology::many_services().with_own_mariadb(),
            Self::Lambda => Topology::aws().with_own_mariadb(),
        };
        topology.with_proxies().with("JWT_EXPIRES_IN", "10s")
    }

    /// In the order of `App::servers`.
    pub fn servers(self) -> &'static [&'static str] {
        match self {
            Self::One => &["cloud-chat"],
            Self::Services => &["auth-1", "chat-1", "chat-2", "ws-1", "ws-2", "ws-3"],
            Self::Lambda => &["auth", "chat"],
        }
    }

    /// Everybody has everything so soon, or something is lost. What the contract promises is less, and how long it took
    /// another matter.
    pub fn late(self) -> Duration {
        Duration::from_secs(if self == Self::Lambda { 60 } else { 30 })
    }

    /// Which may be killed.
    pub fn victims(self) -> Vec<Victim> {
        let servers = (0..self.servers().len()).map(Victim::Server);
        servers.chain(self.shared().iter().copied()).collect()
    }

    /// What processes share. DynamoDB's stand-in has its rows in memory: it may stand still and not die.
    fn shared(self) -> &'static [Victim] {
        match self {
            Self::One => &[],
            Self::Services => &[Victim::Nats, Victim::MariaDb],
            Self::Lambda => &[Victim::Functions, Victim::MariaDb],
        }
    }

    pub fn freezing(self) -> Vec<Victim> {
        let dynamo = (self == Self::Lambda).then_some(Victim::Dynamo);
        self.victims().into_iter().chain(dynamo).collect()
    }

    /// What reads the time.
    pub fn clocks(self) -> Vec<Victim> {
        let functions = (self == Self::Lambda).then_some(Victim::Functions);
        (0..self.servers().len()).map(Victim::Server).chain(functions).collect()
    }

    /// What befalls this shape alone.
    pub fn own_faults(self) -> &'static [Fault] {
        match self {
            Self::One => &[Fault::DiskFull],
            Self::Services => &[Fault::ReadOnly, Fault::DiskFull],
            Self::Lambda => &[Fault::ReadOnly, Fault::DiskFull, Fault::EndAll],
        }
    }

    /// Where a process may die by itself.
    pub fn points(self) -> Vec<(usize, &'static str)> {
        let points = self.servers().iter().enumerate().flat_map(|(server, name)| {
            let points = match name.split('-').next() {
                Some("auth") => STORING[..2].to_vec(),
                Some("chat") => STORING.to_vec(),
                Some("ws") => ACKNOWLEDGING.to_vec(),
                _ => [&STORING[..], &ACKNOWLEDGING].concat(),
            };
            points.into_iter().map(move |point| (server, point))
        });
        points.collect()
    }

    /// To who answers requests.
    pub fn requests(self) -> Vec<Way> {
        self.nth(|name| !name.starts_with("ws"), Way::Requests)
    }

    pub fn sockets(self) -> Vec<Way> {
        let count = if self == Self::Services { 3 } else { 1 };
        (0..count).map(Way::Sockets).collect()
    }

    /// Between processes and what these share.
    pub fn inner(self) -> Vec<Way> {
        if self == Self::One {
            return Vec::new();
        }
        let nats = if self == Self::Services { self.nth(|_| true, Way::Nats) } else { Vec::new() };
        let databases = self.nth(|name| !name.starts_with("ws"), Way::Database);
        [nats, databases, vec![Way::Chat]].concat()
    }

    fn nth(self, which: impl Fn(&str) -> bool, way: impl Fn(usize) -> Way) -> Vec<Way> {
        let count = self.servers().iter().filter(|name| which(name)).count();
        (0..count).map(way).collect()
    }
}
