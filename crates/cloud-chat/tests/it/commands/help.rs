//! `--help`: what operators read first.

use crate::harness::run;

/// The variables of contract §5 that the one process takes.
const VARIABLES: [&str; 23] = [
    "JWT_SECRET",
    "JWT_EXPIRES_IN",
    "INTERNAL_API_KEY",
    "INTERNAL_API_KEY_PREVIOUS",
    "NATS_URL",
    "FRONTEND_URL",
    "API_BASE_URL",
    "WS_ENDPOINT",
    "PORT",
    "HOST",
    "DATA_DIR",
    "SMTP_URL",
    "SMTP_FROM",
    "DEV_MODE",
    "SIGNUPS",
    "TRUSTED_PROXIES",
    "CLIENT_ADDRESS_HEADER",
    "RATE_LIMITS",
    "MESSAGE_RATE",
    "LOG",
    "METRICS_ADDR",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_TRACES_SAMPLER_ARG",
];

#[tokio::test]
async fn help_documents_every_command_and_variable() {
    let help = run(&["--help"]).await;
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for variable in VARIABLES {
        assert!(help.stdout.contains(&format!("[env: {variable}")), "{variable} is not documented");
    }
    insta::assert_snapshot!("help", help.stdout);
}

#[tokio::test]
async fn every_command_has_help() {
    let mut all = Vec::new();
    for command in [
        &["auth"][..],
        &["chat"],
        &["ws"],
        &["migrate"],
        &["openapi"],
        &["healthcheck"],
        &["user"],
        &["user", "list"],
        &["user", "disable"],
        &["user", "enable"],
        &["user", "reset-password"],
        &["backup"],
        &["restore"],
        &["doctor"],
        &["doctor", "auth"],
    ] {
        let help = run(&[command, &["--help"]].concat()).await;
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""), "{command:?}");
        all.push(format!("$ cloud-chat {} --help\n{}", command.join(" "), help.stdout));
    }
    insta::assert_snapshot!("help_of_commands", all.join("\n"));
}

#[tokio::test]
async fn the_version_is_printed_and_an_unknown_command_is_refused() {
    let version = run(&["--version"]).await;
    assert_eq!(
        (version.code, version.stdout),
        (Some(0), format!("cloud-chat {}\n", env!("CARGO_PKG_VERSION")))
    );
    for args in [&["dance"][..], &["user"], &["user", "disable"], &["--no-such-flag"]] {
        let refused = run(args).await;
        assert!(refused.code.is_some_and(|code| code != 0), "{args:?}");
        assert!(!refused.stderr.is_empty(), "{args:?}");
    }
}
