//! What a listener shares with whoever publishes. `crates/interleavings` puts another in its place, with which every order of
//! steps is gone through.

pub(crate) use std::sync::atomic::AtomicBool;
