//! Real servers for tests: each on a port and in a folder of its own, signalled and stopped by its id, gone with the
//! test; and for each test a database of its own. `make test` installs them.

pub mod aws;
mod certificates;
mod databases;
pub mod dynamo;
pub mod gateway;
mod mariadb;
pub mod nats;
mod process;
mod proxy;

use std::net::TcpListener;

pub use certificates::{Authority, Identity};
pub use databases::{Engine, TestDatabase};
pub use mariadb::MariaDb;
pub use process::Process;
pub use proxy::Proxy;

/// A port that nobody has now. The one who asks takes it at once: between two tests of one run it is not given twice.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it is bound").port()
}
