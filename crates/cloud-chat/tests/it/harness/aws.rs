//! What stands around auth and chat on AWS: API Gateway and Lambda as the testbed plays them, and DynamoDB's API.

use std::path::{Path, PathBuf};

use testbed::{
    Clock, Process,
    dynamo::{CREDENTIALS, Dynamo, TABLE},
    gateway::Gateway,
};

use super::require;

/// Invocations that are handled at a time.
const FUNCTIONS: usize = 4;

pub struct Aws {
    pub gateway: Gateway,
    pub dynamo: Dynamo,
    functions: Vec<Function>,
    /// Of all functions.
    clock: Option<Clock>,
}

struct Function {
    process: Process,
    settings: Vec<(String, String)>,
    log: PathBuf,
}

impl Aws {
    pub async fn start() -> Self {
        let (gateway, dynamo) = tokio::join!(Gateway::start(), Dynamo::start());
        Self { gateway, dynamo, functions: Vec::new(), clock: None }
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
        let clock = Clock::of(&folder.join("ws.log"));
        for nth in 1..=FUNCTIONS {
            let own = [
                ("AWS_LAMBDA_RUNTIME_API", self.gateway.runtime()),
                ("AWS_ENDPOINT_URL_LAMBDA", format!("http://{}", self.gateway.runtime())),
                ("CHAT_SERVICE_INTERNAL", chat.to_owned()),
            ];
            let own = self.settings().into_iter().chain(own).map(|(name, value)| (name.to_owned(), value));
            let settings: Vec<_> = own.chain(shared.iter().cloned()).chain([clock.setting()]).collect();
            let log = folder.join(format!("ws-{nth}.log"));
            self.functions.push(Function { process: start(&settings, &log), settings, log });
        }
        self.clock = Some(clock);
    }

    pub fn clock(&mut self) -> &mut Clock {
        self.clock.as_mut().expect("functions were started")
    }

    /// `kill -9` of all of them, and whatever they were asked fails.
    pub async fn kill_functions(&mut self) {
        for function in &mut self.functions {
            function.process.kill().await;
        }
        self.gateway.fail_invocations();
    }

    pub fn start_functions_again(&mut self) {
        for function in &mut self.functions {
            function.process = start(&function.settings, &function.log);
        }
    }

    pub fn freeze_functions(&self) {
        self.functions.iter().for_each(|function| function.process.freeze());
    }

    pub fn thaw_functions(&self) {
        self.functions.iter().for_each(|function| function.process.thaw());
    }

    /// Of all functions.
    pub fn log(&self) -> String {
        let read = |function: &Function| std::fs::read_to_string(&function.log).expect("the log can be read");
        self.functions.iter().map(read).collect()
    }

    pub fn port(&self) -> u16 {
        self.gateway.port()
    }
}

fn start(settings: &[(String, String)], log: &Path) -> Process {
    let program = Path::new(env!("CARGO_BIN_EXE_cloud-chat")).with_file_name("lambda-ws");
    let program = require(program).display().to_string();
    let settings = settings.iter().map(|(name, value)| (name.as_str(), value.clone()));
    Process::start_with(&program, &[], settings, log)
}
