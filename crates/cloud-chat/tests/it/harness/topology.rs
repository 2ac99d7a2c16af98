//! A shape of Cloud Chat to start, and its settings. Scenarios take one and never ask which it is.

use super::App;

/// Known, so that tests can forge tokens.
pub const JWT_SECRET: &str = "the-tests-sign-tokens-with-this-secret";
/// Known, so that tests can call internal paths.
pub const INTERNAL_API_KEY: &str = "the-tests-show-this-internal-key";

#[derive(Debug, Clone)]
pub struct Topology {
    pub(super) shape: Shape,
    pub(super) settings: Vec<(String, String)>,
    /// On a database server that may be killed.
    pub(super) has_own_mariadb: bool,
    /// The ways between may fail.
    pub(super) has_proxies: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Everything in one, on SQLite.
    OneProcess,
    /// Auth, so many nodes of chat and so many for sockets, each a process, over MariaDB and NATS.
    Services { chat: usize, ws: usize },
    /// Auth and chat over MariaDB, sockets behind API Gateway and Lambda, connections in DynamoDB.
    Aws,
    /// So many that each do everything, over MariaDB and NATS.
    Nodes(usize),
}

impl Topology {
    /// Everything in one process, with its limits off.
    pub fn one_process() -> Self {
        Self::of(Shape::OneProcess)
    }

    /// Each service in a process of its own; sockets are spread over two of them.
    pub fn services() -> Self {
        Self::of(Shape::Services { chat: 1, ws: 2 })
    }

    /// Requests are spread over two nodes of chat, sockets over three nodes.
    pub fn many_services() -> Self {
        Self::of(Shape::Services { chat: 2, ws: 3 })
    }

    /// Two that each do everything stand side by side; requests and sockets are spread over them.
    pub fn side_by_side() -> Self {
        Self::of(Shape::Nodes(2))
    }

    /// Sockets are API Gateway's.
    pub fn aws() -> Self {
        Self::of(Shape::Aws)
    }

    fn of(shape: Shape) -> Self {
        let topology = Self { shape, settings: Vec::new(), has_own_mariadb: false, has_proxies: false };
        let topology = match shape {
            Shape::OneProcess => topology,
            Shape::Services { .. } | Shape::Aws | Shape::Nodes(_) => {
                topology.with("FRONTEND_URL", "http://localhost:5000")
            }
        };
        topology
            .with("JWT_SECRET", JWT_SECRET)
            .with("INTERNAL_API_KEY", INTERNAL_API_KEY)
            .with("DEV_MODE", "true")
            .with("RATE_LIMITS", "off")
            .with("LOG", "info")
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self = self.without(name);
        self.settings.push((name.into(), value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self
    }

    /// Not the one that all tests share.
    pub fn with_own_mariadb(self) -> Self {
        Self { has_own_mariadb: true, ..self }
    }

    /// Between clients, processes and what these share.
    pub fn with_proxies(self) -> Self {
        Self { has_proxies: true, ..self }
    }

    pub async fn start(self) -> App {
        App::start(self).await
    }
}
