//! Points at which a build for tests can be made to die, and mistakes that can be planted in it: so the tests that look for
//! what is lost, doubled or given to the wrong ones can be shown to find it. In every other build all of this is nothing.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// Whether this is such a build.
const ARE_THERE: bool = cfg!(feature = "fault-points");

/// The variable that names a point, and which passing of it is the last, counted from 1: `before-commit=7`.
const DEATH: &str = "DIE_AT";
/// The variable that names a mistake.
const MISTAKE: &str = "PLANTED_MISTAKE";
/// How long a thread stands at the point where the process dies: what others may do meanwhile, they do.
const LAST_BREATH: Duration = Duration::from_millis(100);

/// What a build for tests can be made to do wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// Messages are told to everybody before they are committed.
    PublishBeforeCommit,
    /// A repeat of a `clientMessageId` is a message of its own.
    NoDedupe,
    /// Nothing is compared with the database, not even when the bus is back.
    NoResync,
    /// Who was removed is noticed once later messages went out.
    MembersLate,
}

impl Mistake {
    const fn name(self) -> &'static str {
        match self {
            Self::PublishBeforeCommit => "publish-before-commit",
            Self::NoDedupe => "no-dedupe",
            Self::NoResync => "no-resync",
            Self::MembersLate => "members-late",
        }
    }

    /// Whether it is planted here.
    #[inline]
    pub fn is_planted(self) -> bool {
        ARE_THERE && PLANTED.as_deref() == Some(self.name())
    }
}

struct Death {
    point: String,
    left: AtomicU32,
}

static PLANTED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var(MISTAKE).ok());
static PLANNED: LazyLock<Option<Death>> = LazyLock::new(|| {
    let planned = std::env::var(DEATH).ok()?;
    let (point, nth) = planned.split_once('=')?;
    Some(Death { point: point.into(), left: AtomicU32::new(nth.parse().ok()?) })
});

/// The process goes past a point, or dies there.
#[inline]
pub fn pass(point: &str) {
    if ARE_THERE
        && let Some(death) = &*PLANNED
        && death.point == point
        && death.left.fetch_sub(1, Ordering::Relaxed) == 1
    {
        std::thread::sleep(LAST_BREATH);
        std::process::abort();
    }
}
