//! What stands around auth and chat on AWS: API Gateway and Lambda as the testbed plays them, and DynamoDB's API.

use std::path::{Path, PathBuf};

use testbed::{
    Process,
    dynamo::{CREDENTIALS, Dynamo, TABLE},
    gateway::Gateway,
};

use super::require;

/// Invocations that are handled at a time.
const FUNCTIONS: usize = 4;

pub struct Aws {
    gateway: Gateway,
    dynamo: Dynamo,
    functions: Vec<Process>,
    logs: Vec<PathBuf>,
}

impl Aws {
    pub async fn start() -> Self {
        let (gateway, dynamo) = tokio::join!(Gateway::start(), Dynamo::start());
        Self { gateway, dynamo, functions: Vec::new(), logs: Vec::new() }
    }

    /// As the task of the chat-service has them.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let own = [
            ("DYNAMODB_TABLE", TABLE.to_owned()),
            ("WS_MANAGEMENT_ENDPOINT", self.gateway.management()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamo.url()),
        ];
        own.into_iter().chain(CREDENTIALS.map(|(name, value)| (name, value.to_owned()))).collect()
    }

    /// Starts the function with what it shares with the services.
    pub fn start_functions(&mut self, chat: &str, shared: &[(String, String)], folder: &Path) {
        let program = Path::new(env!("CARGO_BIN_EXE_cloud-chat")).with_file_name("lambda-ws");
        let program = require(program).display().to_string();
        for nth in 1..=FUNCTIONS {
            let own = [
                ("AWS_LAMBDA_RUNTIME_API", self.gateway.runtime()),
                ("AWS_ENDPOINT_URL_LAMBDA", format!("http://{}", self.gateway.runtime())),
                ("CHAT_SERVICE_INTERNAL", chat.to_owned()),
            ];
            let shared = shared.iter().map(|(name, value)| (name.as_str(), value.clone()));
            let settings = self.settings().into_iter().chain(own).chain(shared);
            let log = folder.join(format!("ws-{nth}.log"));
            self.functions.push(Process::start_with(&program, &[], settings, &log));
            self.logs.push(log);
        }
    }

    /// Of all functions.
    pub fn log(&self) -> String {
        self.logs.iter().map(|log| std::fs::read_to_string(log).expect("the log can be read")).collect()
    }

    pub fn port(&self) -> u16 {
        self.gateway.port()
    }
}
