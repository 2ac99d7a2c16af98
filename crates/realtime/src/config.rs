//! Times and bounds of the sockets. The defaults are the contract's; tests shorten them.

use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Config {
    /// The server pings this often.
    pub ping_every: Duration,
    /// A peer that said nothing for this long is closed.
    pub silence_max: Duration,
    /// How long one write may be stuck before the socket is dropped.
    pub write_timeout: Duration,
    /// How long a closing handshake is waited for.
    pub close_timeout: Duration,
    /// How long sends in flight are waited for when the server restarts.
    pub drain_timeout: Duration,
    /// How long a client may wait for `connected` before it is told to come back.
    pub connect_timeout: Duration,
    /// How long one question to `Rooms` may take.
    pub ask_timeout: Duration,
    /// Live rooms and users are compared with the database this often.
    pub compare_every: Duration,
    /// How long what a comparison found may still arrive as an event before it is repaired.
    pub compare_grace: Duration,
    /// More sockets than this are told to come back later.
    pub connections_max: usize,
    /// The same for one user: more than devices and tabs are a mistake, or meant to take what others need.
    pub connections_of_user_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            ping_every: Duration::from_secs(30),
            silence_max: Duration::from_secs(60),
            write_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(1),
            drain_timeout: Duration::from_millis(1500),
            connect_timeout: Duration::from_secs(10),
            ask_timeout: Duration::from_secs(3),
            compare_every: Duration::from_secs(3),
            compare_grace: Duration::from_millis(250),
            connections_max: 100_000,
            connections_of_user_max: 100,
        }
    }
}
