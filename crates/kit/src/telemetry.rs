//! Logs: one line an event, for people on a terminal, as JSON elsewhere.

use std::{
    io::IsTerminal,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing_subscriber::{EnvFilter, fmt};

const QUIET: &str = "sea_orm_migration=warn,async_nats=off,sqlx_core::pool=off";
/// A throttled line comes once in this time.
const THROTTLED: Duration = Duration::from_secs(10);

/// `filter`: a level or a list such as `info,auth=debug`. A filter that cannot be read is an error to show.
pub fn start(filter: &str) -> Result<(), String> {
    let explain =
        |error| format!("must be a level such as info, or a list such as info,auth=debug ({error})");
    // These libraries speak at every start and every lost connection; ours say what matters. `filter` may turn them up
    // again.
    let filter = EnvFilter::builder().parse(format!("{QUIET},{filter}")).map_err(explain)?;
    // A line that cannot be written (a full disk, a reader that went away) is lost: by default the library would say so
    // on standard error, and panic in whoever logged when that fails, too.
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    if std::io::stderr().is_terminal() {
        builder.with_target(false).init();
    } else {
        builder.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
    }
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a bug: report it with this line")));
    Ok(())
}

/// For a line that may repeat a thousand times a second: the log must not become the outage.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<Option<Passed>>);

#[derive(Debug)]
struct Passed {
    at: Instant,
    held_back: u64,
}

impl Throttle {
    /// `Some` if the line may be written, with how many were held back since the last one.
    pub fn pass(&self) -> Option<u64> {
        self.pass_at(Instant::now())
    }

    fn pass_at(&self, now: Instant) -> Option<u64> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *last {
            Some(passed) if now < passed.at + THROTTLED => {
                passed.held_back += 1;
                None
            }
            _ => Some(last.replace(Passed { at: now, held_back: 0 }).map_or(0, |passed| passed.held_back)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs::OpenOptions, process::Command};

    use super::{Instant, THROTTLED, Throttle};

    #[test]
    fn a_throttled_line_says_how_many_were_held_back() {
        let (throttle, begun) = (Throttle::default(), Instant::now());
        assert_eq!(throttle.pass_at(begun), Some(0));
        assert_eq!(throttle.pass_at(begun), None);
        assert_eq!(throttle.pass_at(begun), None);
        assert_eq!(throttle.pass_at(begun + THROTTLED), Some(2));
    }

    const CHILD: &str = "KIT_TEST_LOGS_TO_A_FULL_DISK";

    /// Runs itself again with standard error on a device that is always full.
    #[test]
    fn a_line_that_cannot_be_written_stops_nobody() {
        if env::var_os(CHILD).is_some() {
            super::start("info").unwrap();
            tracing::error!("nobody reads this");
            return;
        }
        let child = |is_full: bool| {
            let mut child = Command::new(env::current_exe().unwrap());
            child.args([
                "--exact",
                "telemetry::tests::a_line_that_cannot_be_written_stops_nobody",
                "--nocapture",
            ]);
            if is_full {
                child.stderr(OpenOptions::new().write(true).open("/dev/full").unwrap());
            }
            child.env(CHILD, "1").output().unwrap()
        };
        assert!(String::from_utf8_lossy(&child(false).stderr).contains("nobody reads this"));
        assert!(child(true).status.success());
    }
}
