//! A connection whose peer reads when it is told to: until then the kernel takes a few bytes and no more.

use std::{
    io,
    sync::{Arc, PoisonError},
    task::{Context, Poll, Waker},
};

use crate::threads::{Mutex, MutexGuard};

pub(crate) struct TcpStream(Arc<Mutex<Buffer>>);

#[derive(Clone)]
pub(crate) struct Peer(Arc<Mutex<Buffer>>);

#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    /// So many more are taken.
    room: usize,
    is_reset: bool,
    writer: Option<Waker>,
}

/// The kernel takes `room` bytes until the peer reads.
pub(crate) fn connection(room: usize) -> (TcpStream, Peer) {
    let buffer = Arc::new(Mutex::new(Buffer { room, ..Buffer::default() }));
    (TcpStream(buffer.clone()), Peer(buffer))
}

impl TcpStream {
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut buffer = lock(&self.0);
        if buffer.is_reset {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        let count = bytes.len().min(buffer.room);
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        buffer.room -= count;
        buffer.bytes.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    #[expect(clippy::unused_self, reason = "as tokio's")]
    pub fn try_read(&self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    pub fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buffer = lock(&self.0);
        if buffer.room > 0 || buffer.is_reset {
            return Poll::Ready(Ok(()));
        }
        buffer.writer = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Peer {
    /// From now on, whatever comes.
    pub fn read(&self) {
        self.change(|buffer| buffer.room = usize::MAX);
    }

    pub fn reset(&self) {
        self.change(|buffer| buffer.is_reset = true);
    }

    pub fn received(&self) -> Vec<u8> {
        lock(&self.0).bytes.clone()
    }

    fn change(&self, change: impl FnOnce(&mut Buffer)) {
        let mut buffer = lock(&self.0);
        change(&mut buffer);
        let writer = buffer.writer.take();
        drop(buffer);
        if let Some(writer) = writer {
            writer.wake();
        }
    }
}

fn lock(buffer: &Mutex<Buffer>) -> MutexGuard<'_, Buffer> {
    buffer.lock().unwrap_or_else(PoisonError::into_inner)
}
