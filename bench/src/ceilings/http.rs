//! A bare hyper server: one fixed body for every request, nothing read, checked or logged.

use std::{convert::Infallible, io::Write, net::SocketAddr, process::Stdio};

use http_body_util::Full;
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

use crate::{Outcome, measure::Process, options::BareHttp};

pub struct BareServer {
    pub address: SocketAddr,
    pub process: Process,
    _child: Child,
}

impl BareServer {
    /// This program again, answering with bodies of this length.
    pub async fn start(bytes: usize) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["bare-http", "--bytes", &bytes.to_string()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
        let address = lines.next_line().await?.ok_or("the bare server ended")?.parse()?;
        let process = Process::new("hyper", child.id().ok_or("the bare server ended")?);
        Ok(Self { address, process, _child: child })
    }
}

/// The server's side; until it is killed.
pub async fn serve(job: &BareHttp, mut out: impl Write) -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(out, "{}", listener.local_addr()?)?;
    out.flush()?;
    let body = Bytes::from(vec![b'x'; job.bytes]);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        tokio::spawn(async move {
            let answer = service_fn(|_: Request<Incoming>| {
                let body = body.clone();
                async move { Ok::<_, Infallible>(Response::new(Full::new(body))) }
            });
            // A client that goes away is not a failure of the measurement: its side would tell.
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await);
        });
    }
}
