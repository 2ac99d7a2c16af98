//! The unit for systemd: well-formed, closed to all that the program does not need, and told when it is ready.

use std::{fs, os::unix::net::UnixDatagram, path::Path};

use tokio::process::Command;

use crate::harness::{PATIENCE, Plan, Server, output_of, require, workspace};

/// Of a hundred, as systemd counts, which differs a little from version to version. What is left is the network, and
/// `/proc` for its own figures.
const EXPOSURE_MAX: u8 = 20;

fn unit() -> String {
    let unit = require(workspace().join("deploy/systemd/cloud-chat.service"));
    fs::read_to_string(unit).expect("it can be read")
}

/// A copy that starts the program of these tests.
fn installed(folder: &Path) {
    let (program, unit) = (env!("CARGO_BIN_EXE_cloud-chat"), unit());
    assert!(unit.contains("ExecStart=/usr/local/bin/cloud-chat\n"), "{unit}");
    let unit = unit.replace("/usr/local/bin/cloud-chat", program);
    fs::write(folder.join("cloud-chat.service"), unit).expect("it can be written");
}

async fn analyze(folder: &Path, args: &[&str]) {
    let mut command = Command::new("systemd-analyze");
    command.args(args).arg("./cloud-chat.service").current_dir(folder).env("SYSTEMD_PAGER", "");
    let output = output_of("systemd-analyze ends", command).await;
    assert_eq!(output.code, Some(0), "{args:?}:\n{}{}", output.stdout, output.stderr);
}

#[tokio::test]
async fn the_unit_is_well_formed_and_closed_to_what_the_program_does_not_need() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    installed(folder.path());
    analyze(folder.path(), &["verify"]).await;
    analyze(folder.path(), &["security", "--offline=true", &format!("--threshold={EXPOSURE_MAX}")]).await;
}

#[tokio::test]
async fn whoever_supervises_is_told_when_it_is_ready_and_when_it_stops() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let socket = folder.path().join("notify");
    let supervisor = UnixDatagram::bind(&socket).expect("a socket");
    supervisor.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let told = || {
        let mut bytes = [0; 256];
        let count = supervisor.recv(&mut bytes).expect("something is told in time");
        String::from_utf8_lossy(&bytes[..count]).trim_end().to_owned()
    };
    let settings = vec![("NOTIFY_SOCKET".into(), socket.to_str().expect("UTF-8").into())];
    let mut server = Server::start(Plan::one_process(folder.path(), settings)).await;
    assert_eq!(told(), "READY=1");
    server.signal_terminate();
    assert_eq!(told(), "STOPPING=1");
    assert_eq!(server.exit_code().await, Some(0));
}
