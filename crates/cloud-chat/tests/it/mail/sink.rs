//! An SMTP server for one test (`sink.py`).

use std::{path::Path, process::Stdio};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::harness::{PATIENCE, require, tool, venv, within};

pub struct Sink {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: u16,
}

impl Sink {
    pub async fn start() -> Self {
        let python = tool("python");
        require(venv().join("bin/aiosmtpd"));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/mail/sink.py");
        let mut command = Command::new(python);
        let mut process =
            command.arg(script).stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("Python starts");
        let mut lines = BufReader::new(process.stdout.take().expect("piped above")).lines();
        let first = within(PATIENCE, "the mail server is ready", lines.next_line()).await.expect("readable");
        let port = first.and_then(|line| line.parse().ok()).expect("its first line is its port");
        Self { _process: process, lines, port }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub async fn next_mail(&mut self) -> Value {
        let line = within(PATIENCE, "a mail arrives", self.lines.next_line()).await.expect("readable");
        serde_json::from_str(&line.expect("the mail server lives")).expect("JSON")
    }
}
