//! Generated files that are committed are what would be generated now, and what a guide names is there.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::harness::{PATIENCE, quoted, require, run, within, workspace};

const REFRESH: &str = "is stale: `make generate` refreshes it";

#[tokio::test]
async fn the_committed_openapi_document_is_current() {
    let printed = run(&["openapi"]).await;
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    let committed = require(workspace().join("openapi.json"));
    let committed = std::fs::read_to_string(committed).expect("it can be read");
    assert!(committed == printed.stdout, "openapi.json {REFRESH}");
}

#[test]
fn every_test_that_the_security_guide_names_is_there() {
    let root = workspace();
    let guide = std::fs::read_to_string(root.join("docs/security.md")).expect("it can be read");
    let (sources, web) = (files_below(&root.join("crates")), files_below(&root.join("web/src")));
    let read = |path: &PathBuf| std::fs::read_to_string(path).expect("UTF-8");
    let code: String =
        sources.iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs")).map(read).collect();
    let web: Vec<_> = web.into_iter().chain(files_below(&root.join("web/e2e"))).collect();

    let named: Vec<_> = quoted(&guide).collect();
    let is_function = |name: &&&str| {
        name.matches('_').count() >= 3
            && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    };
    let functions: Vec<_> = named.iter().filter(is_function).collect();
    assert!(functions.len() > 80, "{functions:?}");
    let missing: Vec<_> = functions.iter().filter(|name| !code.contains(&format!("fn {name}"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for name in named.iter().filter(|name| name.contains(".spec.ts") || name.contains(".test.ts")) {
        assert!(web.iter().any(|path| path.ends_with(name)), "{name} is not there");
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("it can be read").path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
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
