//! What the threads that write count.

use kit::metrics::Counter;
use protocol::Timestamp;

#[derive(Clone, Default)]
pub(crate) struct Metrics {
    pub stalls: Counter,
}

impl Metrics {
    #[expect(clippy::unused_self, reason = "as the hub's")]
    pub fn delivered(&self, _stored_at: Timestamp) {}
}
