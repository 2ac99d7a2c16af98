//! The binary as a process: started, watched, signalled by its id, started again on the same data and port.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use testbed::{Clock, free_port};

use super::{PATIENCE, within};

const BINARY: &str = env!("CARGO_BIN_EXE_cloud-chat");
/// Becomes a program for which a write past a limit fails, as on a full disk, instead of ending it.
const WRITES_FAIL: &str = r#"trap "" XFSZ; exec "$0" "$@""#;

/// What to start, and again.
pub struct Plan {
    name: String,
    role: Option<&'static str>,
    args: Vec<String>,
    log: PathBuf,
    settings: Vec<(String, String)>,
}

impl Plan {
    /// Everything in one, with its data and its log in this folder.
    pub fn one_process(folder: &Path, settings: Vec<(String, String)>) -> Self {
        let data_dir = folder.join("data").display().to_string();
        Self {
            name: "cloud-chat".into(),
            role: None,
            args: vec!["--data-dir".into(), data_dir],
            log: folder.join("server.log"),
            settings,
        }
    }

    pub fn service(role: &'static str, name: &str, folder: &Path, settings: Vec<(String, String)>) -> Self {
        let log = folder.join(format!("{name}.log"));
        Self { name: name.into(), role: Some(role), args: vec![role.into()], log, settings }
    }

    pub fn named(self, name: &str) -> Self {
        Self { name: name.into(), ..self }
    }

    pub fn logging_to(self, log: &Path) -> Self {
        Self { log: log.into(), ..self }
    }
}

/// A running server.
pub struct Server {
    plan: Plan,
    running: Running,
    clock: Clock,
}

struct Running {
    child: Child,
    /// Kept open: a server whose standard output nobody holds could fail to print.
    _stdout: Lines<BufReader<ChildStdout>>,
    port: u16,
}

impl Running {
    /// Waits for the line that says which address to open.
    async fn start(plan: &Plan, port: u16) -> Self {
        let file = File::options().create(true).append(true).open(&plan.log).expect("the log file opens");
        let mut child = command_of(Path::new("/bin/sh"), &plan.settings)
            .args(["-c", WRITES_FAIL, BINARY])
            .args(&plan.args)
            .args(["--host", "127.0.0.1", "--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("piped above");
        let mut lines = BufReader::new(stdout).lines();
        let address = within(PATIENCE, "the server says which address to open", address_in(&mut lines)).await;
        let Some(port) = address else {
            let status = child.wait().await.expect("it can be waited for");
            panic!("the server ended with {status} before it was ready:\n{}", tail(&plan.log));
        };
        Self { child, _stdout: lines, port }
    }
}

impl Server {
    /// On a port that the kernel gives to no connection while it is away.
    pub async fn start(mut plan: Plan) -> Self {
        let clock = Clock::of(&plan.log);
        plan.settings.push(clock.setting());
        let running = Running::start(&plan, free_port()).await;
        Self { plan, running, clock }
    }

    /// On the same port.
    pub async fn start_again(&mut self) {
        self.running = Running::start(&self.plan, self.running.port).await;
    }

    /// On the same port, with one setting changed.
    pub async fn start_again_with(&mut self, name: &str, value: &str) {
        self.start_again_with_all(&[(name, value)]).await;
    }

    pub async fn start_again_with_all(&mut self, changed: &[(&str, &str)]) {
        for (name, value) in changed {
            self.plan.settings.retain(|(known, _)| known != name);
            self.plan.settings.push(((*name).into(), (*value).into()));
        }
        self.start_again().await;
    }

    pub fn clock(&mut self) -> &mut Clock {
        &mut self.clock
    }

    pub fn name(&self) -> &str {
        &self.plan.name
    }

    /// Its variables.
    pub fn settings(&self) -> &[(String, String)] {
        &self.plan.settings
    }

    pub fn role(&self) -> Option<&'static str> {
        self.plan.role
    }

    pub fn port(&self) -> u16 {
        self.running.port
    }

    /// A variable of its environment.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.plan.settings.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `kill -9`.
    pub async fn kill(&mut self) {
        self.running.child.kill().await.expect("a running server can be killed");
    }

    pub fn signal_terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Stands still, its connections open.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// From now on the system gives it no more files and connections than so many.
    pub fn limit_open_files(&self, count: u64) {
        let limit = Rlimit { current: Some(count), maximum: Some(count) };
        prlimit(Some(self.pid()), Resource::Nofile, limit).expect("our own child can be limited");
    }

    /// What the system tells about it: a file of `/proc/PID`.
    pub fn proc(&self, file: &str) -> PathBuf {
        Path::new("/proc").join(self.pid().as_raw_nonzero().to_string()).join(file)
    }

    /// `cloud-chat user …` on its database, beside it.
    pub async fn administer(&self, args: &[&str]) -> Output {
        let mut command = command(&self.plan.settings);
        let options = if self.plan.role.is_none() { &self.plan.args[..] } else { &[] };
        command.arg("user").args(options).args(args);
        output_of("`cloud-chat user` ends", command).await
    }

    fn pid(&self) -> Pid {
        self.running.child.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it runs")
    }

    /// No file of it may grow past so many bytes: what is written there fails, as on a disk that is full.
    pub fn limit_files(&self, bytes_max: Option<u64>) {
        let limit = Rlimit { current: bytes_max, ..getrlimit(Resource::Fsize) };
        prlimit(Some(self.pid()), Resource::Fsize, limit).expect("our own child can be limited");
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("our own child can be signalled");
    }

    /// The exit code, once it ended; `None` when a signal ended it.
    pub async fn exit_code(&mut self) -> Option<i32> {
        within(PATIENCE, "the server ends", self.running.child.wait())
            .await
            .expect("it can be waited for")
            .code()
    }

    /// Whether it ends by itself before that.
    pub async fn ends_within(&mut self, deadline: Duration) -> bool {
        tokio::time::timeout(deadline, self.running.child.wait()).await.is_ok()
    }

    pub fn is_alive(&mut self) -> bool {
        self.running.child.try_wait().expect("its state can be read").is_none()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.plan.log).expect("the log file can be read")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the end of the log of {}\n{}\n---", self.plan.name, tail(&self.plan.log));
        }
    }
}

async fn address_in(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<u16> {
    while let Some(line) = lines.next_line().await.expect("its output can be read") {
        let Some((_, address)) = line.split_once("http://") else { continue };
        let port = address.split(':').nth(1).map(|rest| rest.trim_end_matches('/').trim());
        let port = port.and_then(|port| port.parse().ok());
        return Some(port.unwrap_or_else(|| panic!("the address has no port: {line}")));
    }
    None
}

fn tail(log: &Path) -> String {
    // A device that stands in for a full disk reads without end.
    if !log.is_file() {
        return String::new();
    }
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

/// What a command that ends by itself said.
#[derive(Debug)]
pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the binary with arguments and nothing in its environment but `PATH`.
pub async fn run(args: &[&str]) -> Output {
    run_with(args, &[]).await
}

pub async fn run_with(args: &[&str], settings: &[(&str, &str)]) -> Output {
    let settings: Vec<_> = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let what = format!("`cloud-chat {}` ends", args.join(" "));
    let mut command = command(&settings);
    command.args(args);
    output_of(&what, command).await
}

/// Of a command that ends by itself.
pub async fn output_of(what: &str, mut command: Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    let output = within(PATIENCE, what, output).await.expect("it starts");
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn command(settings: &[(String, String)]) -> Command {
    command_of(Path::new(BINARY), settings)
}

/// The environment of whoever runs the tests must not decide what they see.
fn command_of(program: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().kill_on_drop(true);
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
}
