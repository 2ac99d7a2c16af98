//! A server as a child process.

use std::{fs::File, path::Path, process::Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

pub struct Process(Child);

impl Process {
    /// Its output goes to `log`. A program that is not there fails the test and says what installs it.
    pub fn start(program: &str, args: &[&str], log: &Path) -> Self {
        Self::start_with(program, args, std::iter::empty(), log)
    }

    /// With these variables.
    pub fn start_with<'a>(
        program: &str,
        args: &[&str],
        settings: impl Iterator<Item = (&'a str, String)>,
        log: &Path,
    ) -> Self {
        let file = || File::options().create(true).append(true).open(log).expect("the log file opens");
        // Debian puts servers where only root looks.
        let path = std::env::var("PATH").unwrap_or_default();
        let child = Command::new(program)
            .args(args)
            .env("PATH", format!("{path}:/usr/sbin"))
            .envs(settings)
            .stdin(Stdio::null())
            .stdout(file())
            .stderr(file())
            .kill_on_drop(true)
            .spawn();
        Self(child.unwrap_or_else(|error| {
            panic!("{program} does not start ({error}): `make test` installs what the tests need")
        }))
    }

    /// `kill -9`, and waits until it is gone.
    pub async fn kill(&mut self) {
        self.0.kill().await.expect("our own child can be killed");
    }

    /// Stands still from now on, its connections open: what a network that drops everything looks like.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    pub fn is_alive(&mut self) -> bool {
        self.0.try_wait().expect("its state can be read").is_none()
    }

    /// `None` once it was killed.
    pub fn id(&self) -> Option<u32> {
        self.0.id()
    }

    fn signal(&self, signal: Signal) {
        let pid = self.0.id().and_then(|id| Pid::from_raw(id.cast_signed())).expect("it runs");
        kill_process(pid, signal).expect("our own child can be signalled");
    }
}
