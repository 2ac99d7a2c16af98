//! Every parser that takes bytes from outside, as a function that takes any bytes and panics where what became of them
//! breaks a promise. What is known to be interesting is kept in `corpus/`; the tests change it at random.

mod bodies;
mod bus;
mod frames;
mod handshakes;
mod lambda_events;
mod tokens;

/// Named as the folder of its corpus.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 6] = [
    ("bodies", bodies::take),
    ("bus", bus::take),
    ("frames", frames::take),
    ("handshakes", handshakes::take),
    ("lambda", lambda_events::take),
    ("tokens", tokens::take),
];
