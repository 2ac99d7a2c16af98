//! From the start of the process until it asks for its first invocation: what AWS calls its initialisation.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use testbed::{Process, dynamo::CREDENTIALS};
use tokio::{io::AsyncReadExt, net::TcpListener, time::timeout};

use super::{Outcome, Row, mib, ms, peak_mib, percentile};

const PATIENCE: Duration = Duration::from_secs(10);
const ASKS: &[u8] = b"GET /2018-06-01/runtime/invocation/next ";

/// Of both functions. Nothing is asked at these addresses before there is something to do.
const SETTINGS: [(&str, &str); 12] = [
    ("DYNAMODB_TABLE", "ws-connections"),
    ("WS_MANAGEMENT_ENDPOINT", "https://abc123.execute-api.us-east-1.amazonaws.com/prod"),
    ("CHAT_SERVICE_INTERNAL", "http://chat.internal"),
    ("INTERNAL_API_KEY", "benchmarks-show-this-internal-key"),
    ("JWT_SECRET", "benchmarks-sign-tokens-with-this-secret"),
    ("DB_HOST", "db.internal"),
    ("DB_USER", "admin"),
    ("DB_PASSWORD", "the-administrator's"),
    ("AUTH_DB_USER", "auth_service"),
    ("AUTH_DB_PASSWORD", "auth-service's"),
    ("CHAT_DB_USER", "chat_service"),
    ("CHAT_DB_PASSWORD", "chat-service's"),
];

pub async fn run(name: &str, program: &Path, count: usize) -> Outcome<Vec<Row>> {
    let (mut times, mut peak) = (Vec::new(), 0.0_f64);
    for _ in 0..count {
        let (time, memory) = timeout(PATIENCE, start(program)).await.map_err(|_| "it asks for nothing")??;
        times.push(time);
        peak = peak.max(memory);
    }
    let row = |figure: String, value| (name.to_owned(), figure, value);
    Ok(vec![
        row(format!("initialisation, median of {count}"), ms(percentile(&mut times, 50))),
        row(format!("initialisation, worst of {count}"), ms(percentile(&mut times, 100))),
        row("memory once initialised (VmHWM)".into(), mib(peak)),
    ])
}

async fn start(program: &Path) -> Outcome<(Duration, f64)> {
    let runtime = TcpListener::bind("127.0.0.1:0").await?;
    let folder = tempfile::tempdir()?;
    let own = [("AWS_LAMBDA_RUNTIME_API", runtime.local_addr()?.to_string())];
    let settings = own
        .into_iter()
        .chain(SETTINGS.into_iter().chain(CREDENTIALS).map(|(name, value)| (name, value.to_owned())));
    let begun = Instant::now();
    let process =
        Process::start_with(&program.display().to_string(), &[], settings, &folder.path().join("log"));
    let (mut stream, _) = runtime.accept().await?;
    let mut asked = vec![0; ASKS.len()];
    stream.read_exact(&mut asked).await?;
    let time = begun.elapsed();
    if asked != ASKS {
        return Err(format!("it said {:?} instead of asking", String::from_utf8_lossy(&asked)).into());
    }
    Ok((time, peak_mib(&process)?))
}
