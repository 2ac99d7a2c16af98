//! Schemathesis: requests made up from the OpenAPI document, alone and in sequences, answers held against it.
//! `SCHEMATHESIS_SECONDS=600` goes on for so long, with other requests each time.

use std::{env, path::Path, time::Duration};

use tokio::process::Command;

use crate::harness::{INTERNAL_API_KEY, Topology, tool, within};

/// How many links from one operation to another are followed at least.
const LINKS_MIN: u32 = 20;

#[tokio::test]
async fn schemathesis_finds_nothing() {
    search(Topology::one_process(), "examples,coverage,fuzzing,stateful").await;
}

#[tokio::test]
async fn schemathesis_finds_nothing_in_sequences_over_mariadb() {
    search(Topology::side_by_side(), "stateful").await;
}

async fn search(topology: Topology, phases: &str) {
    let schemathesis = tool("schemathesis");
    let mut app =
        topology.with("DEV_MODE", "false").with("LOG", "warn").with("JWT_EXPIRES_IN", "2h").start().await;
    let alice = app.user("alice").await;
    alice.create_room("plans").await;
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fuzzing/schemathesis.toml");
    let base = app.api.base();

    let mut command = Command::new(schemathesis);
    command
        .arg("--config-file")
        .arg(config)
        .args(["run", &format!("{base}/openapi.json"), "--url", base, "--phases", phases, "--no-color"])
        .env("TOKEN", &alice.token)
        .env("INTERNAL_API_KEY", INTERNAL_API_KEY)
        .current_dir(app.scratch())
        .kill_on_drop(true);
    let limit_seconds = if let Ok(seconds) = env::var("SCHEMATHESIS_SECONDS") {
        command.args(["--max-time", &seconds]);
        seconds.parse::<u64>().expect("SCHEMATHESIS_SECONDS is a number") + 300
    } else {
        // The same requests in every run, as far as the ids that the server chooses allow.
        command.arg("--generation-deterministic");
        170
    };
    let limit = Duration::from_secs(limit_seconds);
    let output = within(limit, "schemathesis ends", command.output()).await.expect("it starts");

    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(links_followed(&report) >= LINKS_MIN, "it went hardly anywhere: {report}");
    let rooms = alice.get("/rooms/my-rooms").await.is(200).json();
    assert!(rooms.as_array().is_some_and(|rooms| rooms.len() > 3), "it did not get past the door: {report}");
    app.assert_healthy().await;
    let log = app.log();
    assert!(!log.contains("\"ERROR\"") && !log.contains("panicked"), "{log}");
}

/// As in `API Links: 58 covered / 70 selected`.
fn links_followed(report: &str) -> u32 {
    let links =
        report.lines().find_map(|line| line.trim().strip_prefix("API Links:")).expect("a line of links");
    let covered = links.split_whitespace().next().expect("a number");
    covered.parse().expect("a number")
}
