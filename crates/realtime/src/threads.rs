//! What the threads that write to sockets share with everybody else is made of these. `crates/interleavings` puts others in
//! their place, with which every order of steps is gone through.

pub(crate) use std::{
    sync::{Condvar, Mutex, MutexGuard, atomic::AtomicUsize},
    thread,
};

pub(crate) use tokio::{net::TcpStream, sync::Notify};
