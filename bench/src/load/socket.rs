//! One WebSocket of the generator: bytes in, bytes out, no task of its own.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::{
    Outcome,
    load::frames::{self, Frame},
};

pub struct Socket {
    stream: TcpStream,
    state: State,
    /// The beginning of a frame whose end has not come.
    partial: Vec<u8>,
    /// What the kernel did not take yet.
    outbox: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Upgrading,
    Open,
}

const PATIENCE: Duration = Duration::from_secs(30);
const MASK: [u8; 4] = [0x5A, 0xC3, 0x96, 0x0F];

/// A stream that keeps nobody waiting.
pub fn connect(address: SocketAddr) -> Outcome<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_nodelay(true)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

impl Socket {
    /// Asks for an upgrade to WebSocket at `path`, and to a protocol within it.
    pub fn connect(address: SocketAddr, path: &str, protocol: Option<&str>) -> Outcome<Self> {
        let mut socket = Self::raw(address)?;
        socket.state = State::Upgrading;
        let protocol = protocol.map(|name| format!("Sec-WebSocket-Protocol: {name}\r\n")).unwrap_or_default();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{protocol}\r\n"
        );
        socket.write(request.as_bytes())?;
        Ok(socket)
    }

    /// Frames from the first byte on, as the bare loop writes them.
    pub fn raw(address: SocketAddr) -> Outcome<Self> {
        let stream = connect(address)?;
        Ok(Self { stream, state: State::Open, partial: Vec::new(), outbox: Vec::new() })
    }

    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    pub fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub fn send_text(&mut self, text: &str) -> Outcome<()> {
        let mut frame = Vec::with_capacity(text.len() + 16);
        frames::text(text.as_bytes(), MASK, &mut frame);
        self.write(&frame)
    }

    /// Writes what waited for the kernel.
    pub fn flush(&mut self) -> Outcome<()> {
        if self.outbox.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.outbox);
        self.write(&waiting)
    }

    pub fn write(&mut self, mut bytes: &[u8]) -> Outcome<()> {
        if !self.outbox.is_empty() {
            self.outbox.extend_from_slice(bytes);
            return Ok(());
        }
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.outbox.extend_from_slice(bytes);
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Reads all there is, to the very end if it `is_ending`; every text goes to `heard`. `false` once the server has
    /// ended the connection.
    pub fn read(
        &mut self,
        buffer: &mut [u8],
        is_ending: bool,
        mut heard: impl FnMut(&[u8]) -> Outcome<()>,
    ) -> Outcome<bool> {
        loop {
            let count = match self.stream.read(buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) => return Err(error.into()),
            };
            if self.partial.is_empty() {
                let used = self.take_in(&buffer[..count], &mut heard)?;
                self.partial.extend_from_slice(&buffer[used..count]);
            } else {
                let mut bytes = std::mem::take(&mut self.partial);
                bytes.extend_from_slice(&buffer[..count]);
                let used = self.take_in(&bytes, &mut heard)?;
                bytes.drain(..used);
                self.partial = bytes;
            }
            // A stream that gave less than it might has no more: what comes later is a new event.
            if count < buffer.len() && !is_ending {
                return Ok(true);
            }
        }
    }

    /// How many bytes were whole frames.
    fn take_in(&mut self, bytes: &[u8], heard: &mut impl FnMut(&[u8]) -> Outcome<()>) -> Outcome<usize> {
        let mut used = 0;
        if self.state == State::Upgrading {
            let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(0) };
            if !bytes.starts_with(b"HTTP/1.1 101 ") {
                let head = String::from_utf8_lossy(&bytes[..end]);
                return Err(format!("no upgrade: {}", head.lines().next().unwrap_or_default()).into());
            }
            self.state = State::Open;
            used = end + 4;
        }
        while let Some((frame, length)) = frames::parse(&bytes[used..])? {
            match frame {
                Frame::Text(text) => heard(text)?,
                Frame::Pong => {}
                Frame::Ping(payload) => {
                    let mut pong = Vec::new();
                    frames::pong(payload, MASK, &mut pong);
                    self.write(&pong)?;
                }
                Frame::Close(code, reason) => {
                    return Err(format!("the server closed a connection: {code} {reason}").into());
                }
            }
            used += length;
        }
        Ok(used)
    }
}
