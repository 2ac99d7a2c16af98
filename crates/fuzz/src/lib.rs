//! Every parser that takes bytes from outside, as a function that takes any bytes and panics where what became of them
//! breaks a promise. What is known to be interesting is kept in `corpus/`; the tests change it at random, and libFuzzer, by
//! `fuzz_targets/`, follows what of the code it reaches.

pub mod bodies;
pub mod bus;
pub mod frames;
pub mod handshakes;
pub mod ids;
pub mod lambda_events;
pub mod tokens;

/// Named as the folder of its corpus.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 7] = [
    ("bodies", bodies::take),
    ("bus", bus::take),
    ("frames", frames::take),
    ("handshakes", handshakes::take),
    ("ids", ids::take),
    ("lambda_events", lambda_events::take),
    ("tokens", tokens::take),
];
