//! `cloud-chat chat`: rooms and messages. It goes on for those who are logged in while the auth-service is away.

use std::sync::Arc;

use chat::{Chat, Migrator};
use kit::shutdown::Tasks;

use super::parts::{self, Wires, explain, required};
use crate::{
    health::Dependencies,
    options::{ChatOptions, DevelopmentOptions, Which},
    router,
    seams::RemoteAccounts,
    serve::{self, Service},
    sessions::{Follower, Source},
};

pub async fn run(options: ChatOptions) -> Result<(), String> {
    serve::run("cloud-chat-chat", &options.listen, &options.diagnosis, async |_, tasks| {
        assemble(&options, tasks).await
    })
    .await
}

async fn assemble(options: &ChatOptions, tasks: &Tasks) -> Result<Service, String> {
    let tokens = parts::tokens(required(options.tokens.jwt_secret.as_ref(), "JWT_SECRET")?, &options.tokens);
    let frontend_url = required(options.address.frontend_url.as_ref(), "FRONTEND_URL")?;
    let key = required(options.keys.internal_api_key.as_ref(), "INTERNAL_API_KEY")?;
    let accounts = RemoteAccounts::new(&options.auth_service_url, key).map_err(explain)?;
    let auth = accounts.0.clone();
    parts::warn_of_risks(options.limits, DevelopmentOptions { dev_mode: false });

    let db =
        parts::database::<Migrator>(Which::Chat, &options.database, &options.tls, options.schema).await?;
    let servers = options.nats.nats_url.as_ref();
    #[cfg(feature = "aws")]
    let gateway = super::gateway::bus(&options.gateway)?;
    #[cfg(feature = "aws")]
    let Wires { bus, nats } = match &gateway {
        Some(gateway) => Wires { bus: Arc::new(gateway.clone()), nats: None },
        None => Wires::connect(servers, &tokens, tasks).await,
    };
    #[cfg(not(feature = "aws"))]
    let Wires { bus, nats } = Wires::connect(servers, &tokens, tasks).await;
    let revocations = tokens.revocations().clone();
    let source = Source::Service(auth.clone());
    let follower = Follower { source, revocations: revocations.clone(), realtime: None };
    follower.start(&bus, tasks).await.map_err(explain)?;
    let config = parts::chat_config(&options.messages, options.limits, false);
    let chat =
        Chat::start(db.clone(), tokens, bus, Arc::new(accounts), config, tasks).await.map_err(explain)?;

    #[cfg(feature = "aws")]
    if let Some(gateway) = &gateway {
        super::gateway::start(gateway, &chat, revocations.clone(), tasks);
    }

    let dependencies = Dependencies { databases: vec![(Which::Chat, db)], nats, peer: Some(("auth", auth)) };
    let keys = parts::keys(&options.keys);
    let mut metrics = kit::metrics::registry("chat");
    chat.register_metrics(kit::metrics::ours(&mut metrics));
    Ok(Service {
        name: "Cloud Chat chat-service",
        router: router::chat(chat, revocations, dependencies.clone(), keys, frontend_url),
        realtime: None,
        dependencies,
        metrics,
        greeting: Vec::new(),
        lock: None,
    })
}
