//! `cloud-chat ws`: the WebSocket. It stores nothing; what it needs to know it asks the chat-service.

use std::sync::Arc;

use kit::shutdown::Tasks;
use realtime::{Realtime, RemoteRooms};

use super::parts::{self, Wires, explain, required};
use crate::{
    health::Dependencies,
    options::WsOptions,
    router,
    serve::{self, Service},
    sessions::{Follower, Source},
};

pub async fn run(options: WsOptions) -> Result<(), String> {
    serve::run("cloud-chat-ws", &options.listen, &options.diagnosis, async |_, tasks| {
        assemble(&options, tasks).await
    })
    .await
}

async fn assemble(options: &WsOptions, tasks: &Tasks) -> Result<Service, String> {
    let tokens = parts::tokens(required(options.tokens.jwt_secret.as_ref(), "JWT_SECRET")?, &options.tokens);
    let key = required(options.keys.internal_api_key.as_ref(), "INTERNAL_API_KEY")?;
    let rooms = RemoteRooms::new(&options.chat_service_internal, key).map_err(explain)?;
    let chat = rooms.asks.clone();

    let Wires { bus, nats } = Wires::connect(options.nats.nats_url.as_ref(), &tokens, tasks).await;
    let revocations = tokens.revocations().clone();
    let realtime = Realtime::start(Arc::new(rooms), bus.clone(), tokens, tasks);
    let source = Source::Service(chat.clone());
    let follower = Follower { source, revocations, realtime: Some(realtime.clone()) };
    follower.start(&bus, tasks).await.map_err(explain)?;

    let dependencies = Dependencies { databases: Vec::new(), nats, peer: Some(("chat", chat)) };
    let mut metrics = kit::metrics::registry("ws");
    realtime.register_metrics(kit::metrics::ours(&mut metrics));
    Ok(Service {
        name: "Cloud Chat ws-service",
        router: router::ws(realtime.clone(), dependencies.clone()),
        realtime: Some(realtime),
        dependencies,
        metrics,
        greeting: Vec::new(),
        lock: None,
    })
}
