//! Clocks: tokens, retries of refreshes and the order of events are told by them.

use std::time::Duration;

use protocol::Timestamp;

use super::report::{Finding, ok, problem, warning};

/// What `Date` headers, which tell seconds, and the way there explain.
const UNNOTICED_MS: u64 = 2_500;
const BEARABLE_MS: u64 = 30_000;

/// Against what time it was there just now.
pub fn judge(there: Timestamp, whose: &str) -> Finding {
    compare(Timestamp::now(), there, whose)
}

/// Where there is no other.
pub fn uncompared() -> Finding {
    ok(format!("{}; --url compares it with that of the public address", Timestamp::now()))
}

fn compare(here: Timestamp, there: Timestamp, whose: &str) -> Finding {
    let differs = here.0.abs_diff(there.0);
    if differs <= UNNOTICED_MS {
        return ok(format!("as on {whose}"));
    }
    let direction = if here > there { "ahead of" } else { "behind" };
    let text = format!(
        "{:?} {direction} {whose}. Let both follow a time server (timedatectl set-ntp true).",
        Duration::from_millis(differs)
    );
    if differs <= BEARABLE_MS { warning(text) } else { problem(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_differ_are_told_with_how_much_and_which_way() {
        let noon = Timestamp(1_700_000_000_000);
        let found = |there: i64| match compare(noon, Timestamp(noon.0 + there), "the server") {
            Finding::Ok(text) => ("ok", text),
            Finding::Warning(text) => ("warning", text),
            Finding::Problem(text) => ("problem", text),
        };
        assert_eq!(found(-2_000), ("ok", "as on the server".into()));
        let (state, text) = found(10_000);
        assert!(state == "warning" && text.starts_with("10s behind the server."), "{text}");
        let (state, text) = found(-3_600_000);
        assert!(state == "problem" && text.starts_with("3600s ahead of the server."), "{text}");
    }
}
