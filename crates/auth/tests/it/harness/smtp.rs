//! A real mail server that shows what it was given: aiosmtpd.

use std::{net::TcpListener, path::PathBuf, process::Stdio, time::Duration};

use auth::MailConfig;
use kit::config::Secret;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

pub struct SmtpSink {
    port: u16,
    lines: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl SmtpSink {
    pub async fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut process = Command::new(python())
            .args(["-u", "-m", "aiosmtpd", "-n", "-u", "-d", "-l", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        // Its log says when it listens; what it logs later must not fill the pipe.
        let mut log = BufReader::new(process.stderr.take().unwrap()).lines();
        loop {
            let line = tokio::time::timeout(Duration::from_secs(20), log.next_line()).await;
            let line = line.expect("a mail server within 20 s").unwrap().expect("aiosmtpd starts");
            if line.contains("Server is listening") {
                break;
            }
        }
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { port, lines, _process: process }
    }

    pub fn config(&self) -> MailConfig {
        let url = Secret::new(format!("smtp://127.0.0.1:{}", self.port));
        MailConfig::new(&url, "Cloud Chat <chat@example.org>").unwrap()
    }

    /// The next mail: its lines as they came, soft line breaks joined and escapes resolved.
    pub async fn next(&mut self) -> String {
        let mail = tokio::time::timeout(Duration::from_secs(20), self.read());
        decode_quoted_printable(&mail.await.expect("a mail within 20 s"))
    }

    async fn read(&mut self) -> String {
        let mut mail = String::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            match line.as_str() {
                "---------- MESSAGE FOLLOWS ----------" => mail.clear(),
                "------------ END MESSAGE ------------" => return mail,
                _ => mail.extend([&*line, "\n"]),
            }
        }
        panic!("the mail server ended");
    }
}

/// The environment that `make test` sets up; `TEST_VENV` names another.
fn python() -> PathBuf {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let venv = std::env::var_os("TEST_VENV").map_or_else(|| workspace.join(".tools/venv"), PathBuf::from);
    let python = venv.join("bin/python3");
    assert!(python.exists(), "{} is missing: `make test` installs what the tests need", python.display());
    python
}

fn decode_quoted_printable(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escape = after.get(..2).and_then(|digits| hex::decode(digits).ok());
        if let Some(decoded) = escape.filter(|_| byte == b'=') {
            bytes.extend(decoded);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}
