//! Cloud Chat as it runs on AWS, from its own programs: auth-service, chat-service and the WebSocket Lambda, on a database
//! server of their own, with what the testbed has for API Gateway, Lambda and DynamoDB.

use std::{path::Path, time::Duration};

use reqwest::Client;
use tempfile::TempDir;

use crate::{
    MariaDb, Process, TestDatabase,
    dynamo::{CREDENTIALS, Dynamo, TABLE},
    free_port,
    gateway::Gateway,
};

/// Invocations that are handled at a time.
const FUNCTIONS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);
const RHYTHM: Duration = Duration::from_millis(20);

/// Ends when it goes.
pub struct Installation {
    pub gateway: Gateway,
    pub dynamo: Dynamo,
    pub auth: Service,
    pub chat: Service,
    pub functions: Vec<Process>,
    _mariadb: MariaDb,
    folder: TempDir,
}

pub struct Service {
    pub url: String,
    pub process: Process,
}

impl Installation {
    /// From the programs in this folder, with these settings on top.
    pub async fn start(programs: &Path, settings: &[(&str, &str)]) -> Self {
        let (mariadb, dynamo, gateway) = tokio::join!(MariaDb::start(), Dynamo::start(), Gateway::start());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let shared = [
            ("JWT_SECRET", "the-testbed-signs-tokens-with-this-secret"),
            ("INTERNAL_API_KEY", "the-testbed-shows-this-internal-key"),
            ("LOG", "warn"),
        ];
        let shared: Vec<(&str, String)> = [shared.as_slice(), CREDENTIALS.as_slice(), settings]
            .concat()
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        let connections = [
            ("DYNAMODB_TABLE", TABLE.to_owned()),
            ("WS_MANAGEMENT_ENDPOINT", gateway.management()),
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamo.url()),
            ("AWS_ENDPOINT_URL_LAMBDA", format!("http://{}", gateway.runtime())),
        ];
        let program = |name: &str| programs.join(name).display().to_string();
        let start = |name: &str, args: &[&str], own: Vec<(&'static str, String)>| {
            let settings = shared.clone().into_iter().chain(connections.clone()).chain(own);
            Process::start_with(&program(name), args, settings, &folder.path().join("log"))
        };
        let service = async |role: &str, own: Vec<(&'static str, String)>| {
            let port = free_port().to_string();
            let mut own = own;
            let database = TestDatabase::on_server(&mariadb).await;
            own.extend([("DATABASE_URL", database.url()), ("DB_SYNC", "true".to_owned())]);
            let args = [role, "--host", "127.0.0.1", "--port", &port];
            let service =
                Service { url: format!("http://127.0.0.1:{port}"), process: start("cloud-chat", &args, own) };
            service.until_ready().await;
            service
        };
        let auth = service("auth", vec![("NATS_URL", "off".to_owned())]).await;
        let chat = service("chat", vec![("AUTH_SERVICE_URL", auth.url.clone())]).await;
        let function = |_| {
            let own = vec![
                ("AWS_LAMBDA_RUNTIME_API", gateway.runtime()),
                ("CHAT_SERVICE_INTERNAL", chat.url.clone()),
            ];
            start("lambda-ws", &[], own)
        };
        let functions = (0..FUNCTIONS).map(function).collect();
        Self { functions, gateway, dynamo, auth, chat, _mariadb: mariadb, folder }
    }

    /// What the programs said, all in one.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("the log can be read")
    }
}

impl Service {
    pub async fn until_ready(&self) {
        let client = Client::builder().no_proxy().build().expect("a client without TLS needs nothing");
        let url = format!("{}/health", self.url);
        let ready = async {
            let mut rhythm = tokio::time::interval(RHYTHM);
            while !client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                rhythm.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.unwrap_or_else(|_| panic!("{url} does not answer"));
    }
}
