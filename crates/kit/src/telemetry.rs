//! Logs: one line an event, for people on a terminal, as JSON elsewhere.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt};

const QUIET: &str = "sea_orm_migration=warn";

/// `filter`: a level or a list such as `info,auth=debug`. A filter that cannot be read is an error to show.
pub fn start(filter: &str) -> Result<(), String> {
    let explain =
        |error| format!("must be a level such as info, or a list such as info,auth=debug ({error})");
    // The migration library speaks at every start; ours say what they did. `filter` may turn it up again.
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

#[cfg(test)]
mod tests {
    use std::{env, fs::OpenOptions, process::Command};

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
