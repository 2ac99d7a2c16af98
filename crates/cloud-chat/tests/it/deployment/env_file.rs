//! `.env`: made from the example, with secrets of its own, and never made over another.

use std::{os::unix::fs::PermissionsExt, path::Path};

use tokio::process::Command;

use super::{file, read};
use crate::harness::{Output, output_of};

const NAMES: [&str; 10] = [
    "JWT_SECRET",
    "MYSQL_ROOT_PASSWORD",
    "AUTH_DB_NAME",
    "AUTH_DB_USER",
    "AUTH_DB_PASSWORD",
    "CHAT_DB_NAME",
    "CHAT_DB_USER",
    "CHAT_DB_PASSWORD",
    "AUTH_SERVICE_URL",
    "INTERNAL_API_KEY",
];
const FIXED: [(&str, &str); 3] = [
    ("AUTH_DB_NAME", "auth_db"),
    ("CHAT_DB_NAME", "chat_db"),
    ("AUTH_SERVICE_URL", "http://auth-service:5000"),
];

async fn make(target: &Path) -> Output {
    let mut script = Command::new(file("scripts/make-env.sh"));
    script.arg(target);
    output_of("the script ends", script).await
}

fn values(text: &str) -> Vec<(&str, &str)> {
    text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('=')).collect()
}

#[test]
fn the_example_names_exactly_what_is_needed_and_holds_no_secret() {
    let example = read(".env.example");
    let values = values(&example);
    assert_eq!(values.iter().map(|(name, _)| *name).collect::<Vec<_>>(), NAMES);
    for (name, value) in values {
        if let Some((_, fixed)) = FIXED.iter().find(|(known, _)| *known == name) {
            assert_eq!(value, *fixed);
        } else {
            assert!(value.is_empty() || name.ends_with("_USER"), "{name} has a default: {value}");
        }
    }
}

#[tokio::test]
async fn every_secret_is_long_and_its_own_and_only_the_owner_reads_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut secrets = Vec::new();
    for nth in ["one", "two"] {
        let target = folder.path().join(nth);
        let output = make(&target).await;
        assert_eq!(output.code, Some(0), "{}", output.stderr);
        assert_eq!(target.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(&target).expect("it is ours");
        let made = values(&text)
            .into_iter()
            .filter(|(name, _)| !read(".env.example").contains(&format!("{name}=a")));
        secrets.extend(made.filter(|(_, value)| value.len() == 64).map(|(_, value)| value.to_owned()));
    }
    assert_eq!(secrets.len(), 10, "five secrets in each");
    secrets.sort();
    secrets.dedup();
    assert_eq!(secrets.len(), 10, "no secret is made twice");
}

#[tokio::test]
async fn one_that_exists_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = folder.path().join(".env");
    std::fs::write(&target, "JWT_SECRET=mine\n").expect("the folder is ours");
    let output = make(&target).await;
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("left as it is"), "{}", output.stderr);
    assert_eq!(std::fs::read_to_string(&target).expect("it is ours"), "JWT_SECRET=mine\n");
}
