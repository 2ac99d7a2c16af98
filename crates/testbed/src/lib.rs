//! Real servers for tests: each on a port and in a folder of its own, signalled and stopped by its id, gone with the
//! test; and for each test a database of its own. `make test` installs them.

pub mod aws;
mod certificates;
mod clock;
mod databases;
pub mod dynamo;
pub mod gateway;
mod mariadb;
pub mod nats;
mod process;
mod proxy;
mod upgrades;

use std::{net::TcpListener, ops::RangeInclusive};

pub use certificates::{Authority, Identity};
pub use clock::Clock;
pub use databases::{Engine, TestDatabase};
pub use mariadb::MariaDb;
pub use process::Process;
pub use proxy::Proxy;
pub use upgrades::Earlier;

/// Below those that the kernel hands out: to connections, and to whoever asks for any.
const PORTS: RangeInclusive<u16> = 10_000..=32_000;

/// A port that nobody has now, and that nobody gets by chance before the one who asks takes it.
pub fn free_port() -> u16 {
    let random = || {
        let [high, low, ..] = uuid::Uuid::new_v4().into_bytes();
        u16::from_be_bytes([high, low])
    };
    let mut candidates = std::iter::repeat_with(random).filter(|port| PORTS.contains(port));
    let free = candidates.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    free.expect("candidates never end")
}
