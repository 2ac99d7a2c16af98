//! What runs where: the processes of each shape, and what they share.

use std::path::Path;

use testbed::{Engine, MariaDb, Proxy, TestDatabase, nats::NatsServer};

use super::{
    Api, Holder, Topology, Ways,
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
    pub ways: Ways,
    /// What AWS is to them.
    pub aws: Option<Aws>,
    pub api: Api,
}

impl Processes {
    pub async fn start(topology: Topology, folder: &Path) -> Self {
        match topology.shape {
            Shape::OneProcess => {
                let mut ways = Ways::new(topology.has_proxies);
                let server = Server::start(Plan::one_process(folder, topology.settings)).await;
                let requests = ways.for_requests(server.port()).await;
                let api = Api::apart(requests, ways.for_sockets(server.port()).await);
                Self { servers: vec![server], nats: None, mariadb: None, ways, aws: None, api }
            }
            Shape::Services { chat, ws } => Self::services(&topology, chat, ws, folder).await,
            Shape::Aws => Self::aws(&topology, folder).await,
            Shape::Nodes(count) => Self::side_by_side(&topology, count, folder).await,
        }
    }

    async fn services(topology: &Topology, chats: usize, sockets: usize, folder: &Path) -> Self {
        let (nats, mariadb) = (NatsServer::start().await, own_mariadb(topology).await);
        let mut ways = Ways::new(topology.has_proxies);
        let start = async |ways: &mut Ways, role: &'static str, nth: usize, own: Vec<(&str, String)>| {
            let url = format!("nats://127.0.0.1:{}", ways.for_nats(nats.port()).await);
            let settings = with(topology, url, &own);
            Server::start(Plan::service(role, &format!("{role}-{nth}"), folder, settings)).await
        };

        let accounts = database(mariadb.as_ref()).await;
        let own = parts_of(&accounts, &mut ways).await;
        let auth = start(&mut ways, "auth", 1, own).await;
        let auth_port = auth.port();
        let mut servers = vec![auth];
        let messages = database(mariadb.as_ref()).await;
        for nth in 1..=chats {
            let mut own = parts_of(&messages, &mut ways).await;
            own.push(("AUTH_SERVICE_URL", address(auth_port)));
            servers.push(start(&mut ways, "chat", nth, own).await);
        }
        let balancer = Proxy::start(&ports(&servers[1..])).await;
        for nth in 1..=sockets {
            let own = vec![("CHAT_SERVICE_INTERNAL", address(balancer.port()))];
            servers.push(start(&mut ways, "ws", nth, own).await);
        }
        ways.chat = Some(balancer);
        let (mut requests, mut takers) = (Vec::new(), Vec::new());
        for server in &servers {
            match server.role() {
                Some("ws") => takers.push(ways.for_sockets(server.port()).await),
                _ => requests.push(ways.for_requests(server.port()).await),
            }
        }
        let api = Api::services(requests[0], &requests[1..], &takers);
        Self { servers, nats: Some(nats), mariadb, ways, aws: None, api }
    }

    async fn aws(topology: &Topology, folder: &Path) -> Self {
        let (mut aws, mariadb) = (Aws::start().await, own_mariadb(topology).await);
        let plan = |role: &'static str, own: Vec<(&str, String)>| {
            let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
            let settings = topology.settings.iter().cloned().chain(own).collect();
            Plan::service(role, role, folder, settings)
        };
        let mut ways = Ways::new(topology.has_proxies);
        let mut own = parts_of(&database(mariadb.as_ref()).await, &mut ways).await;
        own.push(("NATS_URL", "off".into()));
        let auth = Server::start(plan("auth", own)).await;
        let mut own = parts_of(&database(mariadb.as_ref()).await, &mut ways).await;
        own.push(("AUTH_SERVICE_URL", address(auth.port())));
        own.extend(aws.settings());
        let chat = Server::start(plan("chat", own)).await;
        let balancer = Proxy::start(&[chat.port()]).await;
        aws.start_functions(&address(balancer.port()), &topology.settings, folder);
        ways.chat = Some(balancer);
        let (accounts, others) = (ways.for_requests(auth.port()).await, ways.for_requests(chat.port()).await);
        let sockets = ways.for_sockets(aws.port()).await;
        let api = Api::services(accounts, &[others], &[sockets]).held_by(Holder::ApiGateway);
        Self { servers: vec![auth, chat], nats: None, mariadb, ways, aws: Some(aws), api }
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
            let plan = Plan::one_process(&folder, with(topology, nats.url(), &own)).named(&name);
            servers.push(Server::start(plan).await);
        }
        let api = Api::side_by_side(&ports(&servers));
        Self { servers, nats: Some(nats), mariadb, ways: Ways::default(), aws: None, api }
    }
}

fn with(topology: &Topology, nats: String, own: &[(&str, String)]) -> Vec<(String, String)> {
    let mut settings = topology.settings.clone();
    settings.push(("NATS_URL".into(), nats));
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

/// As the variables of a service name it, by a way of its own.
async fn parts_of(database: &TestDatabase, ways: &mut Ways) -> Vec<(&'static str, String)> {
    let TestDatabase { host, port, name, user, password, .. } = database;
    vec![
        ("DB_HOST", host.clone()),
        ("DB_PORT", ways.for_database(*port).await.to_string()),
        ("DB_NAME", name.clone()),
        ("DB_USER", user.clone()),
        ("DB_PASSWORD", password.clone()),
        ("DB_SYNC", "true".into()),
    ]
}
