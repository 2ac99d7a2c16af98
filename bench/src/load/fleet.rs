//! Many sockets on one thread: a generator that costs more than the server would measure itself.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use crate::{
    Outcome,
    load::{
        poller::{Poller, Ready},
        socket::Socket,
    },
};

/// Connections that are under way at once; the server's queue of connections not yet accepted is finite.
const CONNECTING_MAX: usize = 256;
const BUFFER_BYTES: usize = 64 * 1024;
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Fleet {
    poller: Poller,
    sockets: Vec<Socket>,
    ready: Vec<Ready>,
    buffer: Box<[u8]>,
}

impl Fleet {
    pub fn new() -> Outcome<Self> {
        let buffer = vec![0; BUFFER_BYTES].into();
        Ok(Self { poller: Poller::new()?, sockets: Vec::new(), ready: Vec::new(), buffer })
    }

    /// One socket for each path, in order. `greeted` hears the first text of each, which says that it is subscribed.
    pub fn connect(
        &mut self,
        address: SocketAddr,
        paths: &[&str],
        mut greeted: impl FnMut(usize, &[u8], Duration) -> Outcome<()>,
    ) -> Outcome<()> {
        let first = self.sockets.len();
        let mut begun = Vec::with_capacity(paths.len());
        let mut connected = 0;
        while connected < paths.len() {
            while begun.len() < paths.len() && begun.len() - connected < CONNECTING_MAX {
                begun.push(Instant::now());
                self.add(Socket::connect(address, paths[begun.len() - 1], None)?)?;
            }
            let before = connected;
            self.turn(PATIENCE, |socket, text, at| {
                if !text.starts_with(b"{\"type\":\"system\"") {
                    return Ok(());
                }
                connected += 1;
                greeted(socket, text, at - begun[socket - first])
            })?;
            if connected == before && begun[connected].elapsed() > PATIENCE {
                return Err(format!("only {connected} of {} sockets were connected", paths.len()).into());
            }
        }
        Ok(())
    }

    /// One socket for each path, of servers that greet nobody.
    pub fn open(&mut self, address: SocketAddr, paths: &[&str], protocol: Option<&str>) -> Outcome<()> {
        for chunk in paths.chunks(CONNECTING_MAX) {
            let first = self.sockets.len();
            chunk.iter().try_for_each(|path| self.add(Socket::connect(address, path, protocol)?))?;
            let deadline = Instant::now() + PATIENCE;
            while !self.sockets[first..].iter().all(Socket::is_open) {
                if Instant::now() > deadline {
                    return Err("the server does not open its sockets".into());
                }
                self.turn(PATIENCE, |_, _, _| Ok(()))?;
            }
        }
        Ok(())
    }

    /// Sockets that carry frames from the first byte on.
    pub fn connect_raw(&mut self, address: SocketAddr, count: usize) -> Outcome<()> {
        (0..count).try_for_each(|_| self.add(Socket::raw(address)?))
    }

    pub fn send(&mut self, socket: usize, text: &str) -> Outcome<()> {
        self.sockets[socket].send_text(text)
    }

    /// Waits at most so long, then gives every text that came to `heard`: socket, text, when it was read.
    pub fn turn(
        &mut self,
        timeout: Duration,
        mut heard: impl FnMut(usize, &[u8], Instant) -> Outcome<()>,
    ) -> Outcome<()> {
        self.ready.clear();
        self.poller.wait(timeout, &mut self.ready)?;
        for &Ready { token: index, is_ending } in &self.ready {
            let socket = &mut self.sockets[index];
            socket.flush()?;
            if !socket.read(&mut self.buffer, is_ending, |text| heard(index, text, Instant::now()))? {
                return Err("the server ended a connection".into());
            }
        }
        Ok(())
    }

    /// How many texts come until the server has ended every connection. Each time another `round` of them was read, the
    /// first socket says so with a byte.
    pub fn read_to_end(mut self, round: u64) -> Outcome<u64> {
        let mut rounds = 0;
        let mut count = 0;
        let mut open = self.sockets.len();
        while open > 0 {
            self.ready.clear();
            self.poller.wait(PATIENCE, &mut self.ready)?;
            if self.ready.is_empty() {
                return Err(format!("{open} connections were neither ended nor written to").into());
            }
            for &Ready { token: index, is_ending } in &self.ready {
                let heard = |_: &[u8]| {
                    count += 1;
                    Ok(())
                };
                if !self.sockets[index].read(&mut self.buffer, is_ending, heard)? {
                    self.poller.remove(self.sockets[index].stream())?;
                    open -= 1;
                }
            }
            if count / round > rounds && open == self.sockets.len() {
                rounds = count / round;
                self.sockets[0].write(&[0])?;
            }
        }
        Ok(count)
    }

    fn add(&mut self, socket: Socket) -> Outcome<()> {
        self.poller.add(socket.stream(), self.sockets.len())?;
        self.sockets.push(socket);
        Ok(())
    }
}
