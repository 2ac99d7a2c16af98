//! Scenarios at a size that takes a moment: that they run, that each message comes once and in order, and that every
//! figure is there.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

const JWT_SECRET: &str = "only-this-test-signs-its-tokens-with-this";

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
fn questions_about_accounts_are_compared() {
    let names = figures("enumeration");
    assert!(names.iter().any(|name| name == "distributions apart"), "{names:?}");
}

#[test]
fn an_installation_that_runs_already_is_measured() {
    let installation = Installation::start();
    let names = figures_of("rooms", |bench| installation.measure_by(bench));
    for name in ["messages stored and heard by all", "messages per CPU second"] {
        assert!(names.iter().any(|found| found == name), "{name}: {names:?}");
    }
    let names = figures_of("fan-out", |bench| installation.measure_by(bench));
    assert!(names.iter().any(|name| name == "of the ceiling, per CPU second"), "{names:?}");
}

#[test]
fn a_program_that_is_no_server_ends_the_run() {
    let output = bench("fan-out", Path::new(env!("CARGO_TARGET_TMPDIR")), |bench| {
        bench.args(["--server", "/bin/true"]);
    });
    assert!(!output.status.success());
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(why.contains("no address"), "{why}");
}

/// The whole product in one process, started by hand as it were.
struct Installation {
    child: Child,
    address: String,
    _data: TempDir,
}

impl Installation {
    fn start() -> Self {
        let data = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
        let mut child = Command::new(program())
            .args(["--host", "127.0.0.1", "--port", "0"])
            .env("DATA_DIR", data.path())
            .envs([("JWT_SECRET", JWT_SECRET), ("RATE_LIMITS", "off"), ("LOG", "warn")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("standard output"));
        stdout.read_line(&mut line).expect("a line");
        let port = line.trim().rsplit(':').next().expect("a port");
        Self { address: format!("127.0.0.1:{port}"), child, _data: data }
    }

    fn measure_by(&self, bench: &mut Command) {
        let (Self { address, .. }, id) = (self, self.child.id());
        let url = format!("http://{address}");
        bench.args([
            "--auth",
            &url,
            "--chat",
            &url,
            "--ws",
            address,
            "--process",
            &format!("cloud-chat={id}"),
        ]);
        bench.env("JWT_SECRET", JWT_SECRET);
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).expect("the program ends");
    }
}

/// The names of what a scenario measured.
fn figures(scenario: &str) -> Vec<String> {
    figures_of(scenario, |bench| {
        bench.arg("--server").arg(program());
    })
}

fn figures_of(scenario: &str, whom: impl FnOnce(&mut Command)) -> Vec<String> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let output = bench(scenario, out.path(), whom);
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

fn bench(scenario: &str, out: &Path, whom: impl FnOnce(&mut Command)) -> Output {
    let mut bench = Command::new(env!("CARGO_BIN_EXE_bench"));
    bench.args([scenario, "--scale", "0.002", "--rounds", "1", "--seconds", "0.1"]);
    whom(&mut bench);
    bench.arg("--out").arg(out).output().expect("the generator starts")
}

/// Beside the generator; running the workspace's tests builds it.
fn program() -> std::path::PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_bench")).with_file_name("cloud-chat");
    assert!(program.exists(), "{} is not there: run `cargo build` first", program.display());
    program
}
