//! Scenarios at a size that takes a moment: that they run, that each message comes once and in order, and that every
//! figure is there.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

#[test]
fn fan_out_runs_beside_bare_writes() {
    let names = figures("fan-out");
    assert!(names.iter().any(|name| name == "of the ceiling, per CPU second"), "{names:?}");
}

#[test]
fn many_rooms_run_beside_bare_inserts() {
    let names = figures("rooms");
    assert!(names.iter().any(|name| name == "of the bare inserts"), "{names:?}");
}

#[test]
fn requests_run_beside_a_bare_server() {
    let names = figures("http");
    assert!(names.iter().any(|name| name == "of bare hyper, per CPU second"), "{names:?}");
}

#[test]
fn logins_run_beside_messages() {
    let names = figures("login-storm");
    assert!(names.iter().any(|name| name == "moved by"), "{names:?}");
}

#[test]
fn a_program_that_is_no_server_ends_the_run() {
    let output = bench("fan-out", Path::new("/bin/true"), Path::new(env!("CARGO_TARGET_TMPDIR")));
    assert!(!output.status.success());
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(why.contains("no address"), "{why}");
}

/// The names of what a scenario measured.
fn figures(scenario: &str) -> Vec<String> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let output = bench(scenario, &program(), out.path());
    assert!(output.status.success(), "{scenario}: {}", String::from_utf8_lossy(&output.stderr));
    let results = std::fs::read(out.path().join("results.json")).expect("results");
    let results: Value = serde_json::from_slice(&results).expect("JSON");
    let figures = results["figures"].as_array().expect("figures");
    let named = figures.iter().map(|figure| {
        assert!(figure["median"].as_f64().is_some_and(f64::is_finite), "{scenario}: {figure}");
        figure["name"].as_str().expect("a name").to_owned()
    });
    named.collect()
}

fn bench(scenario: &str, program: &Path, out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bench"))
        .args([scenario, "--scale", "0.002", "--rounds", "1", "--seconds", "0.1"])
        .arg("--server")
        .arg(program)
        .arg("--out")
        .arg(out)
        .output()
        .expect("the generator starts")
}

/// Beside the generator; running the workspace's tests builds it.
fn program() -> std::path::PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_bench")).with_file_name("cloud-chat");
    assert!(program.exists(), "{} is not there: run `cargo build` first", program.display());
    program
}
