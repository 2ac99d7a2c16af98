//! `.github/workflows`: they run what everybody runs, may do little, and publish what there is.

use std::{collections::BTreeSet, process::Stdio};

use serde_json::Value;
use tokio::{io::AsyncWriteExt, process::Command};

use super::{file, read};
use crate::harness::{output_of, tool};

const READ: &str = "import json, sys, yaml; print(json.dumps(yaml.load(open(sys.argv[1]), yaml.BaseLoader)))";
const NAMES: [&str; 3] = ["ci", "advisories", "release"];

async fn workflow(name: &str) -> Value {
    let mut python = Command::new(tool("python"));
    python.args(["-c", READ]).arg(file(&format!(".github/workflows/{name}.yml")));
    let output = output_of("the workflow is read", python).await;
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    serde_json::from_str(&output.stdout).expect("JSON")
}

fn jobs(workflow: &Value) -> impl Iterator<Item = (&String, &Value)> {
    workflow["jobs"].as_object().expect("jobs").iter()
}

fn steps(workflow: &Value) -> impl Iterator<Item = &Value> {
    jobs(workflow).flat_map(|(_, job)| job["steps"].as_array().into_iter().flatten())
}

fn scripts(workflow: &Value) -> impl Iterator<Item = &str> {
    steps(workflow).filter_map(|step| step["run"].as_str())
}

#[tokio::test]
async fn a_change_is_checked_as_the_readme_says() {
    let ci = workflow("ci").await;
    assert!(read("README.md").contains("\n    make test\n"));
    assert!(scripts(&ci).any(|script| script == "make test"));
    assert!(ci["on"].get("pull_request").is_some() && ci["on"].get("push").is_some());
    let release = workflow("release").await;
    assert_eq!(release["jobs"]["test"]["uses"], "./.github/workflows/ci.yml");
    for job in ["programs", "images"] {
        let needs = release["jobs"][job]["needs"].as_array().expect("needs");
        assert!(needs.iter().any(|need| need == "test"), "{job} waits for the tests");
    }
    let advisories = workflow("advisories").await;
    assert!(advisories["on"]["schedule"][0].get("cron").is_some());
    assert!(scripts(&advisories).any(|script| script.starts_with("npm audit")));
    assert!(steps(&advisories).any(|step| step["with"]["command"] == "check advisories"));
}

#[tokio::test]
async fn no_workflow_may_more_than_it_has_to() {
    for name in NAMES {
        let workflow = workflow(name).await;
        assert_eq!(workflow["permissions"], serde_json::json!({"contents": "read"}), "{name}");
        assert!(
            workflow["on"].get("pull_request_target").is_none(),
            "{name} runs what strangers send as ours"
        );
        for (job, what) in jobs(&workflow) {
            let can_write =
                what["permissions"].as_object().is_some_and(|all| all.values().any(|v| v == "write"));
            assert_eq!(can_write, ["publish", "images"].contains(&job.as_str()), "{name}: {job}");
            assert!(
                what.get("uses").is_some() || what.get("timeout-minutes").is_some(),
                "{name}: {job} has an end"
            );
        }
        for step in steps(&workflow) {
            let Some(action) = step["uses"].as_str() else { continue };
            let (_, version) = action.split_once('@').expect("a version");
            assert!(version.starts_with('v') || version.len() == 40, "{name}: {action}");
            let keeps =
                action.starts_with("actions/checkout@") && step["with"]["persist-credentials"] != "false";
            assert!(!keeps, "{name} leaves its token in the working copy");
        }
        // What others wrote, such as a branch's name, would be run.
        let unsafe_script = scripts(&workflow).find(|script| script.contains("${{"));
        assert_eq!(unsafe_script, None, "{name}");
    }
}

#[tokio::test]
async fn their_scripts_are_sound() {
    for name in NAMES {
        for script in scripts(&workflow(name).await) {
            let mut shellcheck = Command::new("shellcheck");
            let mut child = shellcheck
                .args(["--shell=bash", "-"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .expect("shellcheck starts");
            let mut input = child.stdin.take().expect("piped above");
            input.write_all(script.as_bytes()).await.expect("it reads");
            drop(input);
            let output = child.wait_with_output().await.expect("it ends");
            assert!(
                output.status.success(),
                "{name}:\n{script}\n{}",
                String::from_utf8_lossy(&output.stdout)
            );
        }
    }
}

#[tokio::test]
async fn every_image_that_runs_is_published() {
    let release = workflow("release").await;
    let published =
        scripts(&release).find_map(|script| script.split_once("for target in ")).expect("the images").1;
    let published: BTreeSet<_> = published.split(';').next().expect("the list").split_whitespace().collect();
    let recipe = read("Dockerfile");
    let stages =
        recipe.lines().filter(|line| line.starts_with("FROM ")).filter_map(|line| line.split(" AS ").nth(1));
    let of_the_build = ["web", "rust", "manifests", "build", "service", "lambda-build", "lambda"];
    let runnable: BTreeSet<_> = stages.filter(|stage| !of_the_build.contains(stage)).collect();
    assert_eq!(published, runnable);
}
