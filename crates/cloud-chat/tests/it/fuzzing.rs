//! Schemathesis: requests made up from the OpenAPI document, answers held against it.

use std::{path::Path, time::Duration};

use tokio::process::Command;

use crate::harness::{INTERNAL_API_KEY, Topology, tool, within};

#[tokio::test]
async fn schemathesis_finds_nothing() {
    let schemathesis = tool("schemathesis");
    let mut app = Topology::one_process().with("DEV_MODE", "false").with("LOG", "warn").start().await;
    let alice = app.user("alice").await;
    alice.create_room("plans").await;
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fuzzing/schemathesis.toml");

    let mut command = Command::new(schemathesis);
    command
        .arg("--config-file")
        .arg(config)
        .args(["run", &format!("{}/openapi.json", app.api.base()), "--url", app.api.base(), "--no-color"])
        .env("TOKEN", &alice.token)
        .env("INTERNAL_API_KEY", INTERNAL_API_KEY)
        .current_dir(app.scratch())
        .kill_on_drop(true);
    let output =
        within(Duration::from_secs(170), "schemathesis ends", command.output()).await.expect("it starts");

    let report = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{report}\n{}", String::from_utf8_lossy(&output.stderr));
    let rooms = alice.get("/rooms/my-rooms").await.is(200).json();
    assert!(rooms.as_array().is_some_and(|rooms| rooms.len() > 3), "it did not get past the door: {report}");
    app.assert_healthy().await;
    let log = app.log();
    assert!(!log.contains("\"ERROR\"") && !log.contains("panicked"), "{log}");
}
