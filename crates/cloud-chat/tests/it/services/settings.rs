//! A service starts with what it needs alone, and one line names what is missing or wrong.

use crate::harness::{INTERNAL_API_KEY, JWT_SECRET, run_with};

const OF_ALL: [(&str, &str); 3] =
    [("JWT_SECRET", JWT_SECRET), ("INTERNAL_API_KEY", INTERNAL_API_KEY), ("NATS_URL", "nats://127.0.0.1:1")];
const FRONTEND: (&str, &str) = ("FRONTEND_URL", "http://localhost:5000");
const DATABASE: (&str, &str) = ("DATABASE_URL", "mysql://user:hunter2@127.0.0.1:1/some_db");

fn needs(role: &str) -> Vec<(&'static str, &'static str)> {
    let own: &[_] = match role {
        "auth" => &[FRONTEND, DATABASE],
        "chat" => &[FRONTEND, DATABASE, ("AUTH_SERVICE_URL", "http://127.0.0.1:1")],
        _ => &[("CHAT_SERVICE_INTERNAL", "http://127.0.0.1:1")],
    };
    OF_ALL.iter().chain(own).copied().collect()
}

async fn complaint(role: &str, settings: &[(&str, &str)]) -> String {
    let output = run_with(&[role, "--host", "127.0.0.1", "--port", "0"], settings).await;
    assert_eq!(output.code, Some(1), "{role}: {}", output.stderr);
    let line = output.stderr.trim_end().to_owned();
    assert_eq!(line.lines().count(), 1, "{role}: {line}");
    assert!(!line.contains("hunter2"), "{line}");
    assert!(["such as", "for example"].iter().any(|words| line.contains(words)), "{role}: {line}");
    line
}

#[tokio::test]
async fn what_is_missing_is_named() {
    for role in ["auth", "chat", "ws"] {
        for (missing, _) in needs(role) {
            let others: Vec<_> = needs(role).into_iter().filter(|(name, _)| *name != missing).collect();
            let line = complaint(role, &others).await;
            assert!(
                line.contains(missing) && line.contains("must be set"),
                "{role} without {missing}: {line}"
            );
            // `NAME=` in an environment file means the same.
            let empty: Vec<_> = others.iter().copied().chain([(missing, "")]).collect();
            assert_eq!(complaint(role, &empty).await, line);
        }
    }
}

#[tokio::test]
async fn what_is_malformed_is_named() {
    for (role, name, value) in [
        ("auth", "JWT_SECRET", "short"),
        ("chat", "NATS_URL", "http://nats:4222"),
        ("chat", "AUTH_SERVICE_URL", "auth-service:5000"),
        ("chat", "AUTH_SERVICE_URL", "http://auth-service:5000/auth"),
        ("ws", "CHAT_SERVICE_INTERNAL", "https://chat-service"),
        ("ws", "INTERNAL_API_KEY", "two words"),
        ("ws", "NATS_URL", "nats"),
    ] {
        let mut settings = needs(role);
        settings.retain(|(known, _)| *known != name);
        settings.push((name, value));
        let line = complaint(role, &settings).await;
        assert!(line.contains(name) && line.contains("must be"), "{role} with {name}={value}: {line}");
    }
}

#[tokio::test]
async fn nodes_that_share_nats_are_told_to_share_their_secret() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().to_str().expect("UTF-8");
    let settings = [("DATA_DIR", data_dir), ("NATS_URL", "nats://127.0.0.1:1")];
    let output = run_with(&["--host", "127.0.0.1", "--port", "0"], &settings).await;
    assert_eq!(output.code, Some(1));
    assert!(output.stderr.contains("JWT_SECRET") && output.stderr.lines().count() == 1, "{}", output.stderr);
}
