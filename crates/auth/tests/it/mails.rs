//! Mails, through a real mail server.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use auth::MailConfig;
use kit::config::Secret;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::harness::{FRONTEND_URL, SmtpSink, TestApp};

/// What was logged on this thread, which a test's runtime never leaves.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything logged while a person asks for a link and the server then stops.
async fn log_of_a_request(mail: Option<MailConfig>) -> String {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone());
    let guard = tracing::subscriber::set_default(subscriber.finish());
    let app = TestApp::with(|config| {
        config.dev_mode = false;
        config.mail = mail;
    })
    .await;
    let anna = app.sign_up("anna").await;
    app.post("/auth/forgot-password", json!({"email": anna.email})).await.expect(200);
    assert!(app.tasks.stop(Duration::from_secs(20)).await);
    drop(guard);
    assert_eq!(app.value::<i64>("SELECT COUNT(*) FROM password_reset_tokens").await, 1);
    log.text()
}

#[tokio::test]
async fn without_a_mail_server_the_link_is_in_the_log() {
    let log = log_of_a_request(None).await;
    let line = log.lines().find(|line| line.contains("reset link")).expect("a line");
    assert!(
        line.contains("INFO") && line.contains("https://chat.example.org/reset-password?token="),
        "{line}"
    );
}

#[tokio::test]
async fn with_a_mail_server_no_line_holds_a_link_even_when_sending_fails() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = Secret::new(format!("smtp://127.0.0.1:{port}"));
    let log = log_of_a_request(Some(MailConfig::new(&url, "chat@example.org").unwrap())).await;
    assert!(log.contains("a reset mail could not be sent"), "{log}");
    assert!(!log.contains("reset-password?token="), "{log}");
}

#[tokio::test]
async fn a_forgotten_password_is_answered_by_mail() {
    let mut sink = SmtpSink::start().await;
    let app = TestApp::with(|config| {
        config.dev_mode = false;
        config.mail = Some(sink.config());
    })
    .await;
    app.sign_up("anna").await;
    let answer = app.post("/auth/forgot-password", json!({"email": "ANNA@example.org"})).await.expect(200);
    assert_eq!(answer.body, json!({"ok": true}));

    let mail = sink.next().await;
    for part in [
        "From: \"Cloud Chat\" <chat@example.org>",
        "To: anna@example.org",
        "Subject: Reset your password",
        "Message-ID: <",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/html; charset=utf-8",
        "Hello anna,",
        "Bonjour anna,",
        "Réinitialisez",
    ] {
        let found = mail.contains(part) || part == "Réinitialisez" && mail.contains("=?utf-8?");
        assert!(found, "no {part} in {mail}");
    }
    let start = format!("{FRONTEND_URL}/reset-password?token=");
    let token = mail.split(&start).nth(1).expect("a link").get(..64).expect("a whole token");
    assert_eq!(mail.matches(&format!("{start}{token}")).count(), 4, "twice in the text, twice in the page");
    let body = json!({"token": token, "newPassword": "another horse battery"});
    app.post("/auth/reset-password", body).await.expect(200);
    app.log_in("anna", "another horse battery").await.expect(200);
}

#[tokio::test]
async fn a_stop_sends_what_was_asked_for_before() {
    let mut sink = SmtpSink::start().await;
    let app = TestApp::with(|config| {
        config.dev_mode = false;
        config.mail = Some(sink.config());
    })
    .await;
    for name in ["anna", "bob", "cleo"] {
        let person = app.sign_up(name).await;
        app.post("/auth/forgot-password", json!({"email": person.email})).await.expect(200);
    }
    assert!(app.tasks.stop(Duration::from_secs(10)).await);
    let mut mails = [sink.next().await, sink.next().await, sink.next().await];
    mails.sort_by_key(|mail| mail.find("bob").is_some());
    assert!(mails[2].contains("To: bob@example.org"));
    app.post("/auth/forgot-password", json!({"email": "anna@example.org"})).await.refused(503, "UNAVAILABLE");
}
