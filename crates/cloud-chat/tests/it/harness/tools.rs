//! Tools that tests need beside the binary. A missing one fails the test and says what installs it.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The repository.
pub fn workspace() -> PathBuf {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/cloud-chat lies two deep");
    root.into()
}

/// What a guide has between backticks.
pub fn quoted(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split('`').skip(1).step_by(2)
}

/// The OpenAPI document as it is committed; that it is current is a test of its own.
pub fn openapi() -> Value {
    let document = std::fs::read(require(workspace().join("openapi.json"))).expect("it can be read");
    serde_json::from_slice(&document).expect("JSON")
}

/// The Python environment that `make test` sets up; `TEST_VENV` names another.
pub fn venv() -> PathBuf {
    std::env::var_os("TEST_VENV").map_or_else(|| workspace().join(".tools/venv"), PathBuf::from)
}

/// An executable of that environment.
pub fn tool(name: &str) -> PathBuf {
    require(venv().join("bin").join(name))
}

#[track_caller]
pub fn require(path: PathBuf) -> PathBuf {
    assert!(path.exists(), "{} is missing: `make test` installs what the tests need", path.display());
    path
}
