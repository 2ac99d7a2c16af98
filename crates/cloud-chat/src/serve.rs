//! `cloud-chat` without a command: puts the parts together, serves, and stops them in order.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use auth::{Auth, MailConfig};
use axum::serve::ListenerExt;
use chat::Chat;
use fanout::{Bus, MemoryBus};
use kit::{
    address::TrustedProxies, internal_key::InternalKeys, jwt::Tokens, revocations::Revocations,
    shutdown::Tasks,
};
use realtime::Realtime;
use tokio::net::TcpListener;

use crate::{
    commands, databases,
    options::{ServeOptions, Signups, Switch, Which},
    router::{self, Databases, Parts},
    seams::{LocalAccounts, LocalRooms},
    secrets, sessions,
    web::WebApp,
};

/// A supervisor gives up at 5 s or later; we are done before.
const STOP_TIMEOUT: Duration = Duration::from_secs(4);
/// How much more than `MESSAGE_RATE` a user may send at once.
const BURST_FACTOR: u32 = 4;

pub async fn run(options: ServeOptions) -> Result<(), String> {
    let begun = Instant::now();
    kit::telemetry::start(&options.log).map_err(|why| format!("LOG (--log) {why}"))?;
    let stop = kit::shutdown::signal();
    let _lock = prepare_folder(&options.data.data_dir)?;
    raise_file_limit();
    let listener = listen(&options).await?;
    let address = listener.local_addr().map_err(|error| format!("the port cannot be read: {error}"))?;
    let frontend_url =
        options.frontend_url.clone().unwrap_or_else(|| format!("http://localhost:{}", address.port()));

    let tasks = Tasks::default();
    let mut stop = std::pin::pin!(stop);
    let databases = tokio::select! {
        databases = open_databases(&options) => databases?,
        // It may be waiting for a server.
        () = &mut stop => return Ok(()),
    };
    let (parts, realtime) = assemble(&options, frontend_url, databases.clone(), &tasks).await?;
    warn_of_risks(&options);
    // With standard output gone, serving goes on.
    if let Err(error) = greet(&options, &address, begun) {
        tracing::warn!(error, "the address could not be printed");
    }

    serve(listener, parts, realtime, &tasks, stop).await?;
    for (which, database) in [(Which::Auth, databases.auth), (Which::Chat, databases.chat)] {
        let explain = |error| format!("the {} database cannot be closed: {error}", which.name());
        database.close().await.map_err(explain)?;
    }
    tracing::info!("stopped");
    Ok(())
}

fn prepare_folder(folder: &Path) -> Result<std::fs::File, String> {
    secrets::make_folder(folder)?;
    secrets::lock_folder(folder)
}

async fn listen(options: &ServeOptions) -> Result<TcpListener, String> {
    let address = SocketAddr::new(options.host, options.port);
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {} is in use; choose another one with PORT or --port", options.port)
        }
        _ => format!("{address} (HOST, PORT) cannot be listened on: {error}"),
    })
}

async fn open_databases(options: &ServeOptions) -> Result<Databases, String> {
    let find =
        |which| options.tls.protect(databases::find(which, &options.databases, &options.data.data_dir));
    let sync = options.schema.db_sync;
    Ok(Databases {
        auth: databases::open::<auth::Migrator>(&find(Which::Auth), Which::Auth, sync).await?,
        chat: databases::open::<chat::Migrator>(&find(Which::Chat), Which::Chat, sync).await?,
    })
}

async fn assemble(
    options: &ServeOptions,
    frontend_url: String,
    databases: Databases,
    tasks: &Tasks,
) -> Result<(Parts, Realtime), String> {
    let secret = match options.jwt_secret.clone() {
        Some(secret) => secret,
        None => secrets::jwt_secret(&options.data.data_dir)?,
    };
    let revocations = Revocations::new(options.jwt_expires_in);
    let tokens = Tokens::new(&secret, revocations.clone());
    let bus: Arc<dyn Bus> = Arc::new(MemoryBus::default());
    let explain = |error: kit::Error| format!("cannot start: {error}");

    let auth_config = auth_config(options, frontend_url.clone())?;
    let is_internal_mounted = !auth_config.internal_keys.is_empty();
    let auth = Auth::start(databases.auth.clone(), tokens.clone(), bus.clone(), auth_config, tasks);
    let auth = auth.await.map_err(explain)?;
    let accounts = Arc::new(LocalAccounts(auth.clone()));
    let config = chat_config(options);
    let chat = Chat::start(databases.chat.clone(), tokens.clone(), bus.clone(), accounts, config, tasks);
    let chat = chat.await.map_err(explain)?;
    let rooms = Arc::new(LocalRooms(chat.clone()));
    let realtime = Realtime::start(rooms, bus.clone(), tokens, tasks);
    sessions::follow(auth.clone(), realtime.clone(), revocations, &bus, tasks).await.map_err(explain)?;

    let web = WebApp { api_base_url: options.api_base_url.clone(), ws_endpoint: options.ws_endpoint.clone() };
    let parts =
        Parts { auth, chat, realtime: realtime.clone(), databases, web, frontend_url, is_internal_mounted };
    Ok((parts, realtime))
}

fn auth_config(options: &ServeOptions, frontend_url: String) -> Result<auth::Config, String> {
    let mail = options.smtp_url.as_ref().map(|smtp_url| MailConfig::new(smtp_url, &options.smtp_from));
    let keys = [&options.internal_api_key, &options.internal_api_key_previous];
    Ok(auth::Config {
        frontend_url,
        dev_mode: options.dev_mode,
        signups_open: options.signups == Signups::Open,
        rate_limits: options.rate_limits == Switch::On,
        mail: mail.transpose()?,
        trusted_proxies: TrustedProxies::new(options.trusted_proxies.clone()),
        internal_keys: InternalKeys::new(keys.into_iter().flatten()),
    })
}

fn chat_config(options: &ServeOptions) -> chat::Config {
    chat::Config {
        message_rate: options.message_rate,
        message_burst: options.message_rate.saturating_mul(BURST_FACTOR.try_into().expect("it is 4")),
        rate_limits: options.rate_limits == Switch::On,
    }
}

/// Until a signal: then no new connections, sockets are told to come back, requests in flight and queued writes
/// are finished.
async fn serve(
    listener: TcpListener,
    parts: Parts,
    realtime: Realtime,
    tasks: &Tasks,
    stop: impl Future<Output = ()>,
) -> Result<(), String> {
    let router = router::build(parts).into_make_service_with_connect_info::<SocketAddr>();
    // Small frames must not wait for more to come.
    let listener = listener.tap_io(|socket| {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
    });
    let stopping = tokio_util::sync::CancellationToken::new();
    let server = axum::serve(listener, router).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let mut server = tokio::spawn(server.into_future());
    let mut failure = None;
    tokio::select! {
        () = stop => {}
        () = tasks.failed() => {
            failure = Some("a background task failed; stopping, so that whoever supervises this starts it afresh");
        }
        ended = &mut server => return Err(format!("the server ended by itself: {ended:?}")),
    }
    tracing::info!("stopping");
    let begun = Instant::now();
    stopping.cancel();
    realtime.close_all().await;
    if tokio::time::timeout(STOP_TIMEOUT.saturating_sub(begun.elapsed()), &mut server).await.is_err() {
        tracing::warn!("some requests were still running and are cut off");
        server.abort();
    }
    if !tasks.stop(STOP_TIMEOUT.saturating_sub(begun.elapsed()).max(Duration::from_millis(500))).await {
        tracing::warn!("some background work was still running and is cut off");
    }
    failure.map_or(Ok(()), |failure| Err(failure.to_owned()))
}

/// As many open sockets as the system allows this user.
fn raise_file_limit() {
    match rlimit::increase_nofile_limit(rlimit::INFINITY) {
        Ok(limit) => tracing::debug!(limit, "open files"),
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
    }
}

fn warn_of_risks(options: &ServeOptions) {
    if options.rate_limits == Switch::Off {
        tracing::warn!("RATE_LIMITS=off: nothing slows down whoever guesses passwords; for benchmarks only");
    }
    if options.dev_mode {
        tracing::warn!(
            "DEV_MODE=true: anyone who asks gets reset links of any account; for development only"
        );
    }
}

fn greet(options: &ServeOptions, address: &SocketAddr, begun: Instant) -> Result<(), String> {
    let port = address.port();
    tracing::info!(port, ms = begun.elapsed().as_millis(), "ready");
    let own = if address.ip().is_unspecified() || address.ip().is_loopback() {
        format!("http://localhost:{port}")
    } else {
        format!("http://{address}")
    };
    commands::say(format_args!("Cloud Chat {} is ready: {own}", env!("CARGO_PKG_VERSION")))?;
    if address.ip().is_unspecified() {
        commands::say(format_args!("  From other devices: http://<address of this machine>:{port}"))?;
    }
    commands::say(format_args!("  Data: {}", options.data.data_dir.display()))?;
    commands::say(format_args!("  API: {own}/docs"))?;
    Ok(())
}
