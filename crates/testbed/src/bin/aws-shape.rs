//! The AWS shape for browser tests: prints where it is as one line of JSON, does what it is told on standard input, and
//! ends with it.

use std::{
    env,
    io::{self, Write},
    path::Path,
};

use serde_json::json;
use testbed::{
    Process,
    aws::{Installation, Service},
    free_port,
    gateway::HttpApi,
};

#[tokio::main]
async fn main() -> io::Result<()> {
    let program = env::current_exe()?;
    let programs = program.parent().unwrap_or(Path::new("."));
    let port = free_port().to_string();
    let frontend = format!("http://localhost:{port}");
    let settings = [("FRONTEND_URL", frontend.as_str()), ("RATE_LIMITS", "off")];
    let shape = Installation::start(programs, &settings).await;
    let api = HttpApi::start(&shape.auth.url, &shape.chat.url, &frontend).await;

    // The web app with its addresses, as nginx would serve it.
    let folder = tempfile::tempdir()?;
    let args = ["--port", &port, "--data-dir", &folder.path().display().to_string()];
    let addresses = [("API_BASE_URL", api.url()), ("WS_ENDPOINT", shape.gateway.ws())];
    let server = programs.join("cloud-chat").display().to_string();
    let log = folder.path().join("log");
    let server = Service {
        url: format!("http://127.0.0.1:{port}"),
        process: Process::start_with(&server, &args, addresses.into_iter(), &log),
    };
    server.until_ready().await;

    writeln!(io::stdout(), "{}", json!({"frontend": frontend, "api": api.url(), "ws": shape.gateway.ws()}))?;
    // The runtime has threads of its own: this one may wait.
    for line in io::stdin().lines() {
        let line = line?;
        match line.as_str() {
            "end connections" => shape.gateway.end_all(),
            _ => return Err(io::Error::other(format!("not known: {line}"))),
        }
    }
    Ok(())
}
