//! A missing or malformed value stops the start with one line: the variable, what it must be, an example.

use crate::harness::run_with;

const BAD: &[(&str, &str)] = &[
    ("JWT_SECRET", "too short"),
    ("JWT_EXPIRES_IN", "soon"),
    ("JWT_EXPIRES_IN", "0"),
    ("FRONTEND_URL", "chat.example.org"),
    ("FRONTEND_URL", "https://chat.example.org/path"),
    ("PORT", "http"),
    ("PORT", "70000"),
    ("HOST", "localhost."),
    ("SMTP_URL", "mail.example.org"),
    ("DEV_MODE", "perhaps"),
    ("SIGNUPS", "maybe"),
    ("TRUSTED_PROXIES", "10.0.0.0/99"),
    ("CLIENT_ADDRESS_HEADER", "real ip"),
    ("RATE_LIMITS", "sometimes"),
    ("MESSAGE_RATE", "0"),
    ("MESSAGE_RATE", "many"),
    ("LOG", "info,=="),
    ("METRICS_ADDR", "9090"),
    ("METRICS_ADDR", "localhost:9090"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4318"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://127.0.0.1:4317"),
    ("OTEL_TRACES_SAMPLER_ARG", "2"),
    ("OTEL_TRACES_SAMPLER_ARG", "some"),
    ("METRICS_ADDR", "203.0.113.1:9090"),
];

#[tokio::test]
async fn a_malformed_variable_stops_the_start_with_one_helpful_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().to_str().expect("UTF-8");
    let mut wrong = Vec::new();
    for (name, value) in BAD {
        let args: &[&str] = if *name == "PORT" { &[] } else { &["--port", "0"] };
        let output = run_with(args, &[("DATA_DIR", data_dir), (name, value)]).await;
        let line = output.stderr.trim_end();
        let is_helpful = output.code.is_some_and(|code| code != 0)
            && line.lines().count() == 1
            && line.contains(name)
            && line.contains("must be")
            && ["such as", "for example"].iter().any(|words| line.contains(words));
        if !is_helpful {
            wrong.push(format!("{name}={value} -> {:?}: {line}", output.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_bad_sender_of_mails_stops_the_start() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().to_str().expect("UTF-8");
    let settings =
        [("DATA_DIR", data_dir), ("SMTP_URL", "smtp://localhost:2525"), ("SMTP_FROM", "nobody at all")];
    let output = run_with(&["--port", "0"], &settings).await;
    assert!(output.code.is_some_and(|code| code != 0));
    assert!(output.stderr.contains("SMTP_FROM") && output.stderr.contains("must be"), "{}", output.stderr);
}

#[tokio::test]
async fn secrets_are_not_repeated_in_complaints() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data_dir = folder.path().to_str().expect("UTF-8");
    for (name, value) in [("JWT_SECRET", "hunter2"), ("SMTP_URL", "http://user:hunter2@mail.example.org")] {
        let output = run_with(&["--port", "0"], &[("DATA_DIR", data_dir), (name, value)]).await;
        assert!(output.code.is_some_and(|code| code != 0), "{name}");
        assert!(
            !output.stderr.contains("hunter2") && !output.stdout.contains("hunter2"),
            "{}",
            output.stderr
        );
    }
}

#[tokio::test]
async fn an_unusable_data_folder_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("a file");
    std::fs::write(&file, "not a folder").expect("writable");
    let data_dir = file.to_str().expect("UTF-8");
    for args in [&["--port", "0"][..], &["migrate"], &["user", "list"]] {
        let output = run_with(args, &[("DATA_DIR", data_dir)]).await;
        assert_eq!(output.code, Some(1), "{args:?}");
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
        assert!(output.stderr.contains(data_dir), "{}", output.stderr);
    }
}
