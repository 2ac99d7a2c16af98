//! The services as an operator would start them, each a process, and what they stand on.

use std::path::Path;

use testbed::{MariaDb, TestDatabase, nats::NatsServer};

use super::{Outcome, role::Role};

pub struct Installation {
    pub auth: Role,
    pub chat: Role,
    /// Two nodes.
    pub ws: [Role; 2],
    /// Stopped when this goes, as are the roles.
    _servers: (MariaDb, NatsServer),
}

impl Installation {
    pub async fn start(program: &Path) -> Outcome<Self> {
        let (database, nats) = (MariaDb::start().await, NatsServer::start().await);
        let role = |name: &'static str, own: Vec<(&'static str, String)>| {
            let common = [
                ("JWT_SECRET", "benchmarks-sign-tokens-with-this-secret".to_owned()),
                ("INTERNAL_API_KEY", "benchmarks-show-this-key".to_owned()),
                ("FRONTEND_URL", "http://localhost:5000".to_owned()),
                ("NATS_URL", nats.url()),
                ("RATE_LIMITS", "off".to_owned()),
                ("LOG", "warn".to_owned()),
            ];
            Role::start(program, name, common.into_iter().chain(own).collect())
        };
        let auth = role("auth", on(&TestDatabase::on_server(&database).await)).await?;
        let mut own = on(&TestDatabase::on_server(&database).await);
        own.push(("AUTH_SERVICE_URL", auth.address()));
        let chat = role("chat", own).await?;
        let node = || role("ws", vec![("CHAT_SERVICE_INTERNAL", chat.address())]);
        let ws = [node().await?, node().await?];
        Ok(Self { auth, chat, ws, _servers: (database, nats) })
    }
}

fn on(database: &TestDatabase) -> Vec<(&'static str, String)> {
    vec![("DATABASE_URL", database.url()), ("DB_SYNC", "true".to_owned())]
}
