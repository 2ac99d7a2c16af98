//! Running a role: listens, has it put together, serves, and stops its parts in order.

mod connections;
mod entrance;

use std::{
    fs::File,
    io, mem,
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::Router;
use kit::{metrics::Registry, shutdown::Tasks};
use realtime::Realtime;
use sd_notify::NotifyState;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    commands,
    health::Dependencies,
    metrics,
    options::{DiagnosisOptions, ListenOptions},
};
use entrance::Entrance;

/// Connections that wait to be accepted: when a node dies, all of its people come at once. The system may allow fewer.
const BACKLOG: u32 = 4096;
/// A supervisor gives up at 5 s or later; we are done before.
const STOP_TIMEOUT: Duration = Duration::from_secs(4);
/// By then what comes right after the start has run, too.
const STARTED: Duration = Duration::from_secs(2);

/// A role that is put together.
pub struct Service {
    /// As people call it: `Cloud Chat`.
    pub name: &'static str,
    pub router: Router,
    pub realtime: Option<Realtime>,
    pub dependencies: Dependencies,
    /// What the parts count.
    pub metrics: Registry,
    /// Lines that follow the address.
    pub greeting: Vec<String>,
    /// Held as long as the service runs.
    pub lock: Option<File>,
}

/// `role`: what traces call the service, such as `cloud-chat-auth`. `assemble` may wait for what the role needs; a signal
/// ends that too.
pub async fn run(
    role: &'static str,
    listen: &ListenOptions,
    diagnosis: &DiagnosisOptions,
    assemble: impl AsyncFnOnce(SocketAddr, &Tasks) -> Result<Service, String>,
) -> Result<(), String> {
    let begun = Instant::now();
    kit::telemetry::start(&diagnosis.log).map_err(|why| format!("LOG (--log) {why}"))?;
    if let Some(endpoint) = &diagnosis.otel_exporter_otlp_endpoint {
        let started = kit::traces::start(endpoint, role, diagnosis.otel_traces_sampler_arg);
        started
            .map_err(|why| format!("OTEL_EXPORTER_OTLP_ENDPOINT (--otel-exporter-otlp-endpoint) {why}"))?;
    }
    let mut stop = std::pin::pin!(kit::shutdown::signal());
    raise_file_limit();
    refuse_huge_pages();
    let listener = bind(listen)?;
    let metrics = metrics::bind(diagnosis.metrics_addr).await?;
    let address = listener.local_addr().map_err(|error| format!("the port cannot be read: {error}"))?;

    let (tasks, entrance, closing) = (Tasks::default(), Entrance::closed(), CancellationToken::new());
    let server = tokio::spawn(connections::serve(listener, entrance.clone(), closing.clone()));
    let mut service = tokio::select! {
        service = assemble(address, &tasks) => service?,
        () = &mut stop => return Ok(()),
    };
    let mut router = mem::take(&mut service.router);
    if let Some(listener) = metrics {
        let figures = mem::take(&mut service.metrics);
        router = metrics::serve(listener, router, figures, service.dependencies.clone(), &tasks);
    }
    entrance.open(router);
    // With standard output gone, serving goes on.
    if let Err(error) = greet(&service, address, begun) {
        tracing::warn!(error, "the address could not be printed");
    }

    tell_supervisor(NotifyState::Ready);
    give_back_start(&tasks);
    serve(server, &closing, service.realtime.as_ref(), &tasks, stop).await?;
    for (which, database) in service.dependencies.databases {
        let explain = |error| format!("the {} database cannot be closed: {error}", which.name());
        database.close().await.map_err(explain)?;
    }
    drop(service.lock);
    kit::traces::stop().await;
    tracing::info!("stopped");
    Ok(())
}

fn bind(listen: &ListenOptions) -> Result<TcpListener, String> {
    let address = SocketAddr::new(listen.host, listen.port);
    let bound = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bound().map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {} is in use; choose another one with PORT or --port", listen.port)
        }
        _ => format!("{address} (HOST, PORT) cannot be listened on: {error}"),
    })
}

/// Until a signal: then no new connections, sockets are told to come back, requests in flight and queued writes
/// are finished.
async fn serve(
    mut server: JoinHandle<()>,
    closing: &CancellationToken,
    realtime: Option<&Realtime>,
    tasks: &Tasks,
    stop: impl Future<Output = ()>,
) -> Result<(), String> {
    let mut failure = None;
    tokio::select! {
        () = stop => {}
        () = tasks.failed() => {
            failure = Some("a background task failed; stopping, so that whoever supervises this starts it afresh");
        }
        ended = &mut server => return Err(format!("the server ended by itself: {ended:?}")),
    }
    tracing::info!("stopping");
    tell_supervisor(NotifyState::Stopping);
    let begun = Instant::now();
    closing.cancel();
    if let Some(realtime) = realtime {
        realtime.close_all().await;
    }
    if tokio::time::timeout(STOP_TIMEOUT.saturating_sub(begun.elapsed()), &mut server).await.is_err() {
        tracing::warn!("some requests were still running and are cut off");
        server.abort();
    }
    if !tasks.stop(STOP_TIMEOUT.saturating_sub(begun.elapsed()).max(Duration::from_millis(500))).await {
        tracing::warn!("some background work was still running and is cut off");
    }
    failure.map_or(Ok(()), |failure| Err(failure.to_owned()))
}

/// systemd, where it started this and wants to know (`Type=notify`).
fn tell_supervisor(state: NotifyState) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd (NOTIFY_SOCKET) cannot be told how this is");
    }
}

/// Where the system gives them to everybody, what is used in small pieces would be taken in pieces of 2 MiB.
fn refuse_huge_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "huge pages stay as the system has them");
    }
}

/// Migrations, settings and the like have run for the last time.
fn give_back_start(tasks: &Tasks) {
    tasks.spawn(|stopping| async move {
        if stopping.run_until_cancelled(tokio::time::sleep(STARTED)).await.is_some()
            && let Err(error) = pages::give_back()
        {
            tracing::debug!(%error, "what the start has used stays mapped");
        }
    });
}

/// As many open sockets as the system allows this user.
fn raise_file_limit() {
    match rlimit::increase_nofile_limit(rlimit::INFINITY) {
        Ok(limit) => tracing::debug!(limit, "open files"),
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
    }
}

fn greet(service: &Service, address: SocketAddr, begun: Instant) -> Result<(), String> {
    let port = address.port();
    tracing::info!(port, ms = begun.elapsed().as_millis(), "ready");
    let own = if address.ip().is_unspecified() || address.ip().is_loopback() {
        format!("http://localhost:{port}")
    } else {
        format!("http://{address}")
    };
    commands::say(format_args!("{} {} is ready: {own}", service.name, env!("CARGO_PKG_VERSION")))?;
    if address.ip().is_unspecified() {
        commands::say(format_args!("  From other devices: http://<address of this machine>:{port}"))?;
    }
    for line in &service.greeting {
        commands::say(format_args!("  {line}"))?;
    }
    Ok(())
}
