//! Other servers, measured by the same generator in the same run: how they are started and what they are.

mod ejabberd;
mod line;
mod nchan;
mod node;

use std::{net::SocketAddr, path::Path, process::Stdio, time::Duration};

use tokio::{
    net::TcpStream,
    process::{Child, Command},
};

use crate::{Outcome, measure::Process};

pub use ejabberd::Ejabberd;
pub use line::Line;
pub use nchan::Nchan;
pub use node::Node;

const PATIENCE: Duration = Duration::from_secs(30);
const RHYTHM: Duration = Duration::from_millis(50);
const INSTALL: &str = "scripts/setup-peers.sh installs what is missing";

/// A settings file of ours with its folder and port filled in.
fn write_settings(template: &str, folder: &Path, name: &str, port: u16) -> Outcome<String> {
    let folder_name = folder.to_str().ok_or("a folder that is not UTF-8")?;
    let file = folder.join(name);
    std::fs::write(&file, template.replace("@DIR@", folder_name).replace("@PORT@", &port.to_string()))?;
    Ok(file.display().to_string())
}

fn spawn(command: &mut Command) -> Outcome<Child> {
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin")).stdin(Stdio::null()).kill_on_drop(true);
    Ok(command.spawn().map_err(|error| format!("{error}; {INSTALL}"))?)
}

/// Until it takes connections.
async fn until_ready(child: &mut Child, address: SocketAddr) -> Outcome<()> {
    let ready = async {
        let mut rhythm = tokio::time::interval(RHYTHM);
        while TcpStream::connect(address).await.is_err() {
            rhythm.tick().await;
            if let Some(status) = child.try_wait()? {
                return Err(format!("it ended with {status}; {INSTALL}").into());
            }
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, ready).await?
}

/// A process and its children, of which there must be so many. It may take connections before it has any.
async fn family(name: &str, id: u32, children_min: usize) -> Outcome<Vec<Process>> {
    let complete = async {
        let mut rhythm = tokio::time::interval(RHYTHM);
        loop {
            rhythm.tick().await;
            let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
            let children: Vec<u32> = children.split_whitespace().filter_map(|id| id.parse().ok()).collect();
            if children.len() >= children_min {
                let ids = std::iter::once(id).chain(children);
                return Ok(ids.map(|id| Process::new(name, id)).collect());
            }
        }
    };
    tokio::time::timeout(PATIENCE, complete).await?
}

/// The version of a Debian package.
async fn version(package: &str) -> Outcome<String> {
    let query = Command::new("dpkg-query").args(["-W", "-f", "${Version}", package]).output().await?;
    Ok(String::from_utf8(query.stdout)?)
}
