//! `deploy/monitoring`: rules that Prometheus takes and that fire when they should, a dashboard and rules that know only
//! figures that there are, and a section of the guide for each alert.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;
use tokio::process::Command;

use crate::{
    harness::{output_of, require, workspace},
    metrics::documented,
};

fn folder() -> PathBuf {
    require(workspace().join("deploy/monitoring"))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(require(folder().join(name))).expect("it can be read")
}

/// Installed by `make test`.
async fn promtool(args: &[&str]) {
    let own = workspace().join(".tools/bin/promtool");
    let mut command = Command::new(if own.exists() { own } else { "promtool".into() });
    command.args(args).current_dir(folder());
    let output = output_of("promtool ends", command).await;
    assert_eq!(output.code, Some(0), "promtool {args:?}:\n{}{}", output.stdout, output.stderr);
}

#[tokio::test]
async fn prometheus_takes_the_configuration_and_its_rules() {
    promtool(&["check", "config", "prometheus.yml"]).await;
    promtool(&["check", "rules", "alerts.yml"]).await;
}

#[tokio::test]
async fn every_alert_fires_when_it_should_and_is_silent_otherwise() {
    promtool(&["test", "rules", "alerts.test.yml"]).await;
    let cases = read("alerts.test.yml");
    for alert in alerts() {
        let of_it = |line: &&str| line.contains(&format!("alertname: {alert}"));
        let (silent, firing): (Vec<_>, Vec<_>) =
            cases.lines().filter(of_it).partition(|line| line.contains("exp_alerts: []"));
        assert_eq!((firing.len(), silent.len()), (1, 1), "{alert}");
    }
}

#[test]
fn every_alert_has_a_section_that_says_what_to_do_and_there_is_no_other() {
    let guide = std::fs::read_to_string(require(workspace().join("docs/operations.md"))).expect("readable");
    let (_, runbook) = guide.split_once("\n## Runbook\n").expect("the runbook");
    let sections: Vec<_> = runbook.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(sections, alerts());
    let rules = read("alerts.yml");
    for alert in alerts() {
        let link = format!("runbook: docs/operations.md#{}\n", alert.to_lowercase());
        assert!(rules.contains(&link), "{alert} leads to its section");
    }
}

#[test]
fn rules_and_dashboard_know_only_figures_that_there_are() {
    let known = documented::documented();
    for (file, text) in
        [("alerts.yml", read("alerts.yml")), ("dashboard.json", expressions(&read("dashboard.json")))]
    {
        let used = figures(&text);
        assert!(used.len() > 10, "{file}: {used:?}");
        let unknown: Vec<_> = used.iter().filter(|name| !is_known(name, &known)).collect();
        assert!(unknown.is_empty(), "{file} names {unknown:?}");
    }
}

/// In the order of the file.
fn alerts() -> Vec<String> {
    let rules = read("alerts.yml");
    rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).map(str::to_owned).collect()
}

/// Everything that the dashboard asks Prometheus, a line each.
fn expressions(dashboard: &str) -> String {
    fn collect(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                into.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| collect(value, into));
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
            _ => {}
        }
    }
    let mut expressions = Vec::new();
    collect(&serde_json::from_str(dashboard).expect("JSON"), &mut expressions);
    expressions.join("\n")
}

fn figures(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("cloud_chat_") || word.starts_with("process_")).collect()
}

/// A histogram has no figure of its own name.
fn is_known(name: &str, known: &BTreeSet<String>) -> bool {
    let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
    known.contains(name) || histogram.is_some_and(|name| known.contains(name))
}
