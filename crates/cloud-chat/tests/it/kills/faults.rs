//! What may happen, to whom, and for how long.

use std::time::Duration;

use rand::{RngExt, rngs::StdRng};
use testbed::{MariaDb, nats::NatsServer};

use crate::harness::App;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    /// Which process of ours.
    Server(usize),
    Nats,
    MariaDb,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// `kill -9`, and started again on the same data and port.
    Kill,
    /// Stands still for a moment, its connections open.
    Freeze,
}

pub struct Fault {
    pub victim: Victim,
    pub fate: Fate,
    pub lasting: Duration,
}

impl Victim {
    pub fn all(app: &App) -> Vec<Self> {
        let mut all: Vec<_> = (0..app.servers.len()).map(Self::Server).collect();
        all.extend(app.nats.is_some().then_some(Self::Nats));
        all.extend(app.mariadb.is_some().then_some(Self::MariaDb));
        all
    }

    pub async fn kill(self, app: &mut App) {
        match self {
            Self::Server(nth) => app.servers[nth].kill().await,
            Self::Nats => nats(app).kill().await,
            Self::MariaDb => mariadb(app).kill().await,
        }
    }

    pub async fn start_again(self, app: &mut App) {
        match self {
            Self::Server(nth) => app.servers[nth].start_again().await,
            Self::Nats => nats(app).start_again().await,
            Self::MariaDb => mariadb(app).start_again().await,
        }
    }

    pub fn freeze(self, app: &mut App) {
        match self {
            Self::Server(nth) => app.servers[nth].freeze(),
            Self::Nats => nats(app).freeze(),
            Self::MariaDb => mariadb(app).freeze(),
        }
    }

    pub fn thaw(self, app: &mut App) {
        match self {
            Self::Server(nth) => app.servers[nth].thaw(),
            Self::Nats => nats(app).thaw(),
            Self::MariaDb => mariadb(app).thaw(),
        }
    }
}

impl Fault {
    pub fn new(victim: Victim, fate: Fate, random: &mut StdRng) -> Self {
        Self { victim, fate, lasting: Duration::from_millis(random.random_range(0..1200)) }
    }

    /// Returns once the victim is there again.
    pub async fn strike(&self, app: &mut App) {
        match self.fate {
            Fate::Kill => {
                self.victim.kill(app).await;
                tokio::time::sleep(self.lasting).await;
                self.victim.start_again(app).await;
            }
            Fate::Freeze => {
                self.victim.freeze(app);
                tokio::time::sleep(self.lasting).await;
                self.victim.thaw(app);
            }
        }
    }

    pub fn describe(&self, app: &App) -> String {
        let name = match self.victim {
            Victim::Server(nth) => app.servers[nth].name(),
            Victim::Nats => "nats",
            Victim::MariaDb => "mariadb",
        };
        format!("{:?} {name}, {} ms", self.fate, self.lasting.as_millis())
    }
}

fn nats(app: &mut App) -> &mut NatsServer {
    app.nats.as_mut().expect("it is among the victims")
}

fn mariadb(app: &mut App) -> &mut MariaDb {
    app.mariadb.as_mut().expect("it is among the victims")
}
