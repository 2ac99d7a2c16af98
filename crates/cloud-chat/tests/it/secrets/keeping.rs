//! Passwords, keys and tokens stay where they belong, whatever goes wrong.

use reqwest::Method;
use serde_json::json;

use crate::harness::{App, INTERNAL_API_KEY, JWT_SECRET, Refusal, Socket, Topology, eventually};

const MAIL_PASSWORD: &str = "the-password-of-the-mail-server";

pub async fn no_secret_is_in_a_log_an_answer_or_what_the_system_shows_of_a_process(topology: Topology) {
    // Nobody is there to take mails.
    let mail = format!("smtp://chat:{MAIL_PASSWORD}@127.0.0.1:1?tls=required");
    let topology = topology.with("SMTP_URL", mail).with("SMTP_FROM", "chat@example.org").without("DEV_MODE");
    let app = topology.with("LOG", "debug").start().await;
    let mut alice = app.user("alice").await;
    let first = alice.clone();
    alice.connect().await.assert_alive().await;
    alice.refresh().await;
    alice.refresh().await;
    app.post("/auth/forgot-password", &json!({"email": alice.email})).await.is(200);
    alice.change_password("an entirely other phrase 9").await;
    for key in [INTERNAL_API_KEY, "almost-the-key"] {
        let ask = app.post("/auth/introspect", &json!({"token": alice.token}));
        ask.header("x-internal-api-key", key).await;
    }
    Socket::refused(&app.api, &format!("?token={}x", alice.token), Refusal::Token).await;
    first.try_refresh().await.problem(401, "BAD_REFRESH_TOKEN");
    let answers = answers(&app).await;
    eventually("a mail could not be sent", async || app.log().contains("could not be sent").then_some(())).await;

    let log = app.log();
    assert!(log.contains("answered") && log.contains("came back"), "the premise: it tells of all that: {log}");
    let of_databases = app.servers.iter().filter_map(|server| server.setting("DB_PASSWORD"));
    let mut secrets = vec![JWT_SECRET, INTERNAL_API_KEY, MAIL_PASSWORD, &alice.password, &first.password];
    secrets.extend([&alice.token, &alice.refresh_token, &first.token, &first.refresh_token].map(String::as_str));
    secrets.extend(of_databases);
    let shown = shown_by_the_system(&app);
    for (place, text) in [("log", &log), ("answers", &answers), ("/proc", &shown)] {
        for secret in &secrets {
            assert!(!text.contains(*secret), "{secret} is in {place}: {text}");
        }
    }
    assert!(!log.contains("/reset-password?token="), "a link is in the log: {log}");
}

/// What anybody is answered.
async fn answers(app: &App) -> String {
    let mut answers = String::new();
    for path in ["/", "/env.js", "/health", "/auth/health", "/openapi.json", "/docs/", "/nothing", "/metrics"] {
        let answer = app.get(path).header("accept", "text/html,*/*").await;
        answers.extend([format!("{:?}", answer.headers), answer.text()]);
    }
    for body in ["{", "[]", "{\"email\":7}", "{\"email\":\"alice\",\"password\":\"x\"}"] {
        answers += &app.api.call(&Method::POST, "/auth/login").raw_json(body).await.text();
    }
    answers
}

/// What everybody on the machine may read of it.
fn shown_by_the_system(app: &App) -> String {
    let mut shown = String::new();
    for server in &app.servers {
        for file in ["cmdline", "comm", "status"] {
            shown += &String::from_utf8_lossy(&std::fs::read(server.proc(file)).expect("it runs"));
        }
    }
    assert!(shown.contains("cloud-chat"), "the premise: {shown}");
    shown
}
