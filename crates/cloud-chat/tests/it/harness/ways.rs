//! Proxies in the ways between clients, processes and what these share, for whoever wants the network to fail.

use testbed::Proxy;

#[derive(Default)]
pub struct Ways {
    /// To each process that takes sockets, for sockets alone.
    pub sockets: Vec<Proxy>,
    /// To each process that answers requests, for these alone.
    pub requests: Vec<Proxy>,
    /// From each process to NATS.
    pub nats: Vec<Proxy>,
    /// From each process with a database to the database server.
    pub databases: Vec<Proxy>,
    /// From all nodes for sockets, or functions, to those of chat; always there.
    pub chat: Option<Proxy>,
    are_wanted: bool,
}

impl Ways {
    pub fn new(are_wanted: bool) -> Self {
        Self { are_wanted, ..Self::default() }
    }

    pub async fn for_sockets(&mut self, port: u16) -> u16 {
        way(self.are_wanted, &mut self.sockets, port).await
    }

    pub async fn for_requests(&mut self, port: u16) -> u16 {
        way(self.are_wanted, &mut self.requests, port).await
    }

    pub async fn for_nats(&mut self, port: u16) -> u16 {
        way(self.are_wanted, &mut self.nats, port).await
    }

    pub async fn for_database(&mut self, port: u16) -> u16 {
        way(self.are_wanted, &mut self.databases, port).await
    }
}

/// The port of a new proxy; the port itself where none are wanted.
async fn way(is_wanted: bool, ways: &mut Vec<Proxy>, port: u16) -> u16 {
    if !is_wanted {
        return port;
    }
    let proxy = Proxy::start(&[port]).await;
    let port = proxy.port();
    ways.push(proxy);
    port
}
