//! `cloud-chat auth`: accounts.

use auth::{Auth, Migrator};
use kit::shutdown::Tasks;

use super::parts::{self, AccountOptions, Wires, explain, required};
use crate::{
    health::Dependencies,
    options::{AuthOptions, Which},
    router,
    serve::{self, Service},
    sessions::{Follower, Source},
};

pub async fn run(options: AuthOptions) -> Result<(), String> {
    serve::run("cloud-chat-auth", &options.listen, &options.diagnosis, async |_, tasks| {
        assemble(&options, tasks).await
    })
    .await
}

async fn assemble(options: &AuthOptions, tasks: &Tasks) -> Result<Service, String> {
    let tokens = parts::tokens(required(options.tokens.jwt_secret.as_ref(), "JWT_SECRET")?, &options.tokens);
    let frontend_url = required(options.address.frontend_url.as_ref(), "FRONTEND_URL")?;
    let keys = parts::keys(&options.keys);
    let config = AccountOptions {
        frontend_url,
        development: options.development,
        signups: &options.signups,
        limits: options.limits,
        mail: &options.mail,
        proxies: &options.proxies,
        keys: keys.clone(),
    };
    let config = config.to_config()?;
    parts::warn_of_risks(options.limits, options.development);

    let db =
        parts::database::<Migrator>(Which::Auth, &options.database, &options.tls, options.schema).await?;
    let Wires { bus, nats } = Wires::connect(options.nats.nats_url.as_ref(), &tokens, tasks).await;
    let revocations = tokens.revocations().clone();
    let auth = Auth::start(db.clone(), tokens, bus.clone(), config, tasks).await.map_err(explain)?;
    // Another node of this service may have ended them.
    let follower = Follower { source: Source::Accounts(auth.clone()), revocations, realtime: None };
    follower.start(&bus, tasks).await.map_err(explain)?;

    let dependencies = Dependencies { databases: vec![(Which::Auth, db)], nats, peer: None };
    let mut metrics = kit::metrics::registry("auth");
    auth.register_metrics(kit::metrics::ours(&mut metrics));
    Ok(Service {
        name: "Cloud Chat auth-service",
        router: router::auth(auth, dependencies.clone(), keys, frontend_url),
        realtime: None,
        dependencies,
        metrics,
        greeting: Vec::new(),
        lock: None,
    })
}
