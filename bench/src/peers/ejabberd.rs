//! ejabberd: a MUC room with its archive, over WebSocket (RFC 7395).

use std::{
    net::SocketAddr,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    task::block_in_place,
};

use crate::{
    Outcome,
    load::Fleet,
    measure::Process,
    peers::{Line, family, spawn, until_ready, version, write_settings},
};

const ROOM: &str = "room@conference.localhost";
const OPEN: &str = r#"<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>"#;
const AUTH: &str = r#"<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="ANONYMOUS"/>"#;
const BIND: &str =
    r#"<iq xmlns="jabber:client" type="set" id="bind"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>"#;
const PATIENCE: Duration = Duration::from_secs(60);
/// Sockets that join at once; the room tells each of all who are there.
const JOINING: usize = 50;

pub struct Ejabberd {
    pub label: String,
    pub processes: Vec<Process>,
    address: SocketAddr,
    _child: Child,
    _folder: TempDir,
}

impl Ejabberd {
    pub const SETTINGS: &str =
        "a MUC room with its archive in Mnesia, anonymous logins, one sender (bench/peers/ejabberd.yml)";

    pub async fn start(data: &Path) -> Outcome<Self> {
        let folder = TempDir::new_in(data.canonicalize()?)?;
        let port = testbed::free_port();
        let settings =
            write_settings(include_str!("../../peers/ejabberd.yml"), folder.path(), "ejabberd.yml", port)?;
        let mut erlang = Command::new("erl");
        erlang.args(["-noinput", "-pa", &code()?, "-mnesia", "dir"]);
        erlang.arg(format!("\"{}\"", folder.path().join("mnesia").display())).args(["-s", "ejabberd"]);
        erlang
            .env("EJABBERD_CONFIG_PATH", settings)
            .env("EJABBERD_LOG_PATH", folder.path().join("ejabberd.log"));
        let mut child =
            spawn(erlang.env("ERL_MAX_PORTS", "20000").stdout(Stdio::null()).stderr(Stdio::null()))?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        until_ready(&mut child, address).await?;
        let processes = family("ejabberd", child.id().ok_or("ejabberd ended")?, 0).await?;
        let label = format!("ejabberd {} (MUC + archive)", version("ejabberd").await?);
        Ok(Self { label, processes, address, _child: child, _folder: folder })
    }

    /// Everybody in one room.
    pub fn line(&self, sockets: usize, text_bytes: usize) -> Outcome<Line> {
        let mut fleet = Fleet::new()?;
        block_in_place(|| {
            fleet.open(self.address, &vec!["/ws"; sockets], Some("xmpp"))?;
            (0..sockets)
                .step_by(JOINING)
                .try_for_each(|from| join(&mut fleet, from..sockets.min(from + JOINING)))
        })?;
        let encode = |text: &str| {
            format!(
                r#"<message xmlns="jabber:client" to="{ROOM}" type="groupchat"><body>{text}</body></message>"#
            )
        };
        Ok(Line::new(fleet, sockets, text_bytes, encode))
    }
}

fn join(fleet: &mut Fleet, sockets: std::ops::Range<usize>) -> Outcome<()> {
    sockets.clone().try_for_each(|socket| fleet.send(socket, OPEN))?;
    let mut left = sockets.len();
    let deadline = Instant::now() + PATIENCE;
    while left > 0 {
        if Instant::now() > deadline {
            return Err(format!("{left} of {} did not get into the room", sockets.len()).into());
        }
        let mut replies = Vec::new();
        fleet.turn(PATIENCE, |socket, text, _| {
            match step(socket, std::str::from_utf8(text)?) {
                Some(Step::Say(reply)) => replies.push((socket, reply)),
                Some(Step::Joined) if sockets.contains(&socket) => left -= 1,
                Some(Step::Failed) => return Err(String::from_utf8_lossy(text).into()),
                _ => {}
            }
            Ok(())
        })?;
        replies.into_iter().try_for_each(|(socket, reply)| fleet.send(socket, &reply))?;
    }
    Ok(())
}

enum Step {
    Say(String),
    Joined,
    Failed,
}

/// The next step of a socket on its way into the room.
fn step(socket: usize, stanza: &str) -> Option<Step> {
    if stanza.starts_with("<stream:features") {
        return Some(Step::Say(if stanza.contains("<mechanism>") { AUTH } else { BIND }.to_owned()));
    }
    if stanza.starts_with("<success") {
        return Some(Step::Say(OPEN.to_owned()));
    }
    if stanza.starts_with("<iq") && stanza.contains("type='result'") {
        let x = r#"<x xmlns="http://jabber.org/protocol/muc"/>"#;
        return Some(Step::Say(format!(
            r#"<presence xmlns="jabber:client" to="{ROOM}/n{socket}">{x}</presence>"#
        )));
    }
    if stanza.contains("<status code='110'/>") {
        return Some(Step::Joined);
    }
    let is_bad = stanza.starts_with("<failure")
        || stanza.starts_with("<stream:error")
        || stanza.contains("type='error'");
    is_bad.then_some(Step::Failed)
}

/// Where Debian puts it; the folder's name has the version.
fn code() -> Outcome<String> {
    for architecture in std::fs::read_dir("/usr/lib")? {
        let Ok(folders) = std::fs::read_dir(architecture?.path()) else { continue };
        for folder in folders.flatten() {
            if folder.file_name().to_string_lossy().starts_with("ejabberd-") {
                return Ok(folder.path().join("ebin").display().to_string());
            }
        }
    }
    Err("ejabberd is not installed; scripts/setup-peers.sh does it".into())
}
