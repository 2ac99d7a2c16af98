//! What runs where: the processes of each shape, and what they share.

use std::path::Path;

use testbed::{Engine, MariaDb, Proxy, TestDatabase, nats::NatsServer};

use super::{
    Api, Holder, Topology,
    aws::Aws,
    server::{Plan, Server},
    topology::Shape,
};

pub struct Processes {
    /// In the order in which they need each other.
    pub servers: Vec<Server>,
    /// What carries events between them.
    pub nats: Option<NatsServer>,
    /// The database server, where it is their own.
    pub mariadb: Option<MariaDb>,
    /// Through which the nodes for sockets reach those of chat.
    pub balancer: Option<Proxy>,
    /// What AWS is to them.
    pub aws: Option<Aws>,
    pub api: Api,
}

impl Processes {
    pub async fn start(topology: Topology, folder: &Path) -> Self {
        match topology.shape {
            Shape::OneProcess => {
                let server = Server::start(Plan::one_process(folder, topology.settings)).await;
                let api = Api::one(server.port());
                Self { servers: vec![server], nats: None, mariadb: None, balancer: None, aws: None, api }
            }
            Shape::Services { chat, ws } => Self::services(&topology, chat, ws, folder).await,
            Shape::Aws => Self::aws(&topology, folder).await,
            Shape::Nodes(count) => Self::side_by_side(&topology, count, folder).await,
        }
    }

    async fn services(topology: &Topology, chats: usize, sockets: usize, folder: &Path) -> Self {
        let (nats, mariadb) = (NatsServer::start().await, own_mariadb(topology).await);
        let plan = |role: &'static str, nth: usize, own: &[(&str, String)]| {
            Plan::service(role, &format!("{role}-{nth}"), folder, with(topology, &nats, own))
        };

        let parts = async || parts_of(database(mariadb.as_ref()).await);
        let auth = Server::start(plan("auth", 1, &parts().await)).await;
        let mut own = parts().await;
        own.push(("AUTH_SERVICE_URL", address(auth.port())));
        let auth_port = auth.port();
        let mut servers = vec![auth];
        for nth in 1..=chats {
            servers.push(Server::start(plan("chat", nth, &own)).await);
        }
        let chat_ports = ports(&servers[1..]);
        let balancer = Proxy::start(&chat_ports).await;
        let own = [("CHAT_SERVICE_INTERNAL", address(balancer.port()))];
        for nth in 1..=sockets {
            servers.push(Server::start(plan("ws", nth, &own)).await);
        }
        let api = Api::services(auth_port, &chat_ports, &ports(&servers[1 + chats..]));
        Self { servers, nats: Some(nats), mariadb, balancer: Some(balancer), aws: None, api }
    }

    async fn aws(topology: &Topology, folder: &Path) -> Self {
        let (mut aws, mariadb) = (Aws::start().await, own_mariadb(topology).await);
        let plan = |role: &'static str, own: Vec<(&str, String)>| {
            let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
            let settings = topology.settings.iter().cloned().chain(own).collect();
            Plan::service(role, role, folder, settings)
        };
        let mut own = parts_of(database(mariadb.as_ref()).await);
        own.push(("NATS_URL", "off".into()));
        let auth = Server::start(plan("auth", own)).await;
        let mut own = parts_of(database(mariadb.as_ref()).await);
        own.push(("AUTH_SERVICE_URL", address(auth.port())));
        own.extend(aws.settings());
        let chat = Server::start(plan("chat", own)).await;
        aws.start_functions(&address(chat.port()), &topology.settings, folder);
        let api = Api::services(auth.port(), &[chat.port()], &[aws.port()]).held_by(Holder::ApiGateway);
        Self { servers: vec![auth, chat], nats: None, mariadb, balancer: None, aws: Some(aws), api }
    }

    async fn side_by_side(topology: &Topology, count: usize, folder: &Path) -> Self {
        let (nats, mariadb) = (NatsServer::start().await, own_mariadb(topology).await);
        let (auth, chat) = (database(mariadb.as_ref()).await, database(mariadb.as_ref()).await);
        let own = [
            ("AUTH_DATABASE_URL", auth.url()),
            ("CHAT_DATABASE_URL", chat.url()),
            ("DB_SYNC", "true".into()),
        ];
        let mut servers = Vec::new();
        for nth in 1..=count {
            let name = format!("node-{nth}");
            let folder = folder.join(&name);
            std::fs::create_dir(&folder).expect("the folder is new");
            let plan = Plan::one_process(&folder, with(topology, &nats, &own)).named(&name);
            servers.push(Server::start(plan).await);
        }
        let api = Api::side_by_side(&ports(&servers));
        Self { servers, nats: Some(nats), mariadb, balancer: None, aws: None, api }
    }
}

fn with(topology: &Topology, nats: &NatsServer, own: &[(&str, String)]) -> Vec<(String, String)> {
    let mut settings = topology.settings.clone();
    settings.push(("NATS_URL".into(), nats.url()));
    settings.extend(own.iter().map(|(name, value)| ((*name).into(), value.clone())));
    settings
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn ports(servers: &[Server]) -> Vec<u16> {
    servers.iter().map(Server::port).collect()
}

async fn own_mariadb(topology: &Topology) -> Option<MariaDb> {
    if topology.has_own_mariadb { Some(MariaDb::start().await) } else { None }
}

async fn database(own: Option<&MariaDb>) -> TestDatabase {
    match own {
        Some(server) => TestDatabase::on_server(server).await,
        None => TestDatabase::new(Engine::MariaDb).await,
    }
}

/// As the variables of a service name it.
fn parts_of(database: TestDatabase) -> Vec<(&'static str, String)> {
    let TestDatabase { host, port, name, user, password, .. } = database;
    vec![
        ("DB_HOST", host),
        ("DB_PORT", port.to_string()),
        ("DB_NAME", name),
        ("DB_USER", user),
        ("DB_PASSWORD", password),
        ("DB_SYNC", "true".into()),
    ]
}
