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
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        builder.with_target(false).init();
    } else {
        builder.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
    }
    Ok(())
}
