//! Generated files that are committed: they are what would be generated now.

use tokio::process::Command;

use crate::harness::{PATIENCE, require, run, within, workspace};

const REFRESH: &str = "is stale: `make generate` refreshes it";

#[tokio::test]
async fn the_committed_openapi_document_is_current() {
    let printed = run(&["openapi"]).await;
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    let committed = require(workspace().join("openapi.json"));
    let committed = std::fs::read_to_string(committed).expect("it can be read");
    assert!(committed == printed.stdout, "openapi.json {REFRESH}");
}

#[tokio::test]
async fn the_types_of_the_web_app_are_current() {
    let root = workspace();
    let generator = require(root.join("web/node_modules/.bin/openapi-typescript"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let fresh = folder.path().join("schema.ts");
    let mut command = Command::new(generator);
    command.arg(require(root.join("openapi.json"))).arg("-o").arg(&fresh).kill_on_drop(true);
    let output = within(PATIENCE * 3, "openapi-typescript ends", command.output()).await.expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |path| std::fs::read_to_string(path).expect("it can be read");
    assert!(
        read(require(root.join("web/src/api/schema.ts"))) == read(fresh),
        "web/src/api/schema.ts {REFRESH}"
    );
}
