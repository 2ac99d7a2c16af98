//! `cloud-chat` without a command: everything in one process. Several of them make one installation when they share
//! databases, NATS and secrets.

use std::{net::SocketAddr, path::Path, sync::Arc};

use auth::Auth;
use chat::Chat;
use kit::{db::Database, jwt::Tokens, shutdown::Tasks};
use realtime::Realtime;

use super::parts::{self, AccountOptions, Wires, explain};
use crate::{
    backups, databases,
    health::Dependencies,
    options::{ServeOptions, Which},
    router::{self, Everything},
    seams::{LocalAccounts, LocalRooms},
    secrets,
    serve::{self, Service},
    sessions::{Follower, Source},
    web::WebApp,
};

pub async fn run(options: ServeOptions) -> Result<(), String> {
    serve::run("cloud-chat", &options.listen, &options.diagnosis, async |address, tasks| {
        assemble(&options, address, tasks).await
    })
    .await
}

async fn assemble(options: &ServeOptions, address: SocketAddr, tasks: &Tasks) -> Result<Service, String> {
    let lock = prepare_folder(&options.data.data_dir)?;
    let given_url = options.address.frontend_url.clone();
    let frontend_url = given_url.unwrap_or_else(|| format!("http://localhost:{}", address.port()));
    let tokens = tokens(options)?;
    let keys = parts::keys(&options.keys);
    let config = AccountOptions {
        frontend_url: &frontend_url,
        development: options.development,
        signups: &options.signups,
        limits: options.limits,
        mail: &options.mail,
        proxies: &options.proxies,
        keys: keys.clone(),
    };
    let config = config.to_config()?;
    parts::warn_of_risks(options.limits, options.development);

    let auth_db = open::<auth::Migrator>(options, Which::Auth).await?;
    let chat_db = open::<chat::Migrator>(options, Which::Chat).await?;
    let Wires { bus, nats } = Wires::connect(options.nats.nats_url.as_ref(), &tokens, tasks).await;
    let auth =
        Auth::start(auth_db.clone(), tokens.clone(), bus.clone(), config, tasks).await.map_err(explain)?;
    let accounts = Arc::new(LocalAccounts(auth.clone()));
    // The lock on the data folder keeps others from files in it.
    let is_alone = nats.is_none() && options.databases.chat_database_url.is_none();
    let config = parts::chat_config(&options.messages, options.limits, is_alone);
    let chat = Chat::start(chat_db.clone(), tokens.clone(), bus.clone(), accounts, config, tasks);
    let chat = chat.await.map_err(explain)?;
    let revocations = tokens.revocations().clone();
    let realtime = Realtime::start(Arc::new(LocalRooms(chat.clone())), bus.clone(), tokens, tasks);
    let source = Source::Accounts(auth.clone());
    let follower = Follower { source, revocations, realtime: Some(realtime.clone()) };
    follower.start(&bus, tasks).await.map_err(explain)?;

    let mut metrics = kit::metrics::registry("everything");
    let ours = kit::metrics::ours(&mut metrics);
    auth.register_metrics(ours);
    chat.register_metrics(ours);
    realtime.register_metrics(ours);

    let dependencies =
        Dependencies { databases: vec![(Which::Auth, auth_db), (Which::Chat, chat_db)], nats, peer: None };
    let web = WebApp { api_base_url: options.api_base_url.clone(), ws_endpoint: options.ws_endpoint.clone() };
    let everything = Everything {
        auth,
        chat,
        realtime: realtime.clone(),
        dependencies: dependencies.clone(),
        web,
        frontend_url,
        keys,
    };
    Ok(Service {
        name: "Cloud Chat",
        router: router::everything(everything),
        realtime: Some(realtime),
        dependencies,
        metrics,
        greeting: vec![
            format!("Data: {}", options.data.data_dir.display()),
            format!("API: http://localhost:{}/docs", address.port()),
        ],
        lock: Some(lock),
    })
}

fn prepare_folder(folder: &Path) -> Result<std::fs::File, String> {
    secrets::make_folder(folder)?;
    let lock = secrets::lock_folder(folder)?;
    if let Some(before) = backups::finish(folder)? {
        tracing::info!(before = %before.display(), "a restore that was cut off is finished");
    }
    Ok(lock)
}

fn tokens(options: &ServeOptions) -> Result<Tokens, String> {
    let secret = match &options.tokens.jwt_secret {
        Some(secret) => secret.clone(),
        None if options.nats.nats_url.is_some() => {
            return Err("JWT_SECRET (--jwt-secret) must be set where NATS_URL is: nodes of one installation sign with \
                        the same (for example JWT_SECRET=$(openssl rand -hex 32))"
                .to_owned());
        }
        None => secrets::jwt_secret(&options.data.data_dir)?,
    };
    Ok(parts::tokens(&secret, &options.tokens))
}

async fn open<M: sea_orm_migration::MigratorTrait>(
    options: &ServeOptions,
    which: Which,
) -> Result<Database, String> {
    let url = databases::find(which, &options.databases, &options.data.data_dir);
    databases::open::<M>(&options.tls.protect(url), which, options.schema.db_sync).await
}
