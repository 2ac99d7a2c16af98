//! What each role takes. A service takes only what it needs, and what it cannot do without is required.

use clap::{Args, Command};
use kit::config;

use super::{
    AddressOptions, BothDatabases, DataOptions, DatabaseTls, DevelopmentOptions, DiagnosisOptions,
    KeyOptions, LimitOptions, ListenOptions, MailOptions, MessageOptions, NatsOptions, OneDatabase,
    ProxyOptions, SchemaOptions, SignupOptions, TokenOptions,
};

#[derive(Debug, Args)]
pub struct ServeOptions {
    #[command(flatten)]
    pub data: DataOptions,
    #[command(flatten)]
    pub listen: ListenOptions,
    #[command(flatten)]
    pub databases: BothDatabases,
    #[command(flatten)]
    pub tls: DatabaseTls,
    #[command(flatten)]
    pub schema: SchemaOptions,
    #[command(flatten)]
    pub address: AddressOptions,

    /// Where the web app finds the HTTP API [default: the same origin].
    #[arg(
        long,
        env = "API_BASE_URL",
        default_value = "",
        hide_default_value = true,
        value_name = "URL",
        help_heading = "Addresses"
    )]
    pub api_base_url: String,

    /// Where the web app finds the WebSocket [default: /ws of the same origin].
    #[arg(
        long,
        env = "WS_ENDPOINT",
        default_value = "",
        hide_default_value = true,
        value_name = "URL",
        help_heading = "Addresses"
    )]
    pub ws_endpoint: String,

    #[command(flatten)]
    pub proxies: ProxyOptions,
    #[command(flatten)]
    pub tokens: TokenOptions,
    #[command(flatten)]
    pub signups: SignupOptions,
    #[command(flatten)]
    pub keys: KeyOptions,
    #[command(flatten)]
    pub nats: NatsOptions,
    #[command(flatten)]
    pub mail: MailOptions,
    #[command(flatten)]
    pub messages: MessageOptions,
    #[command(flatten)]
    pub limits: LimitOptions,
    #[command(flatten)]
    pub development: DevelopmentOptions,
    #[command(flatten)]
    pub diagnosis: DiagnosisOptions,
}

#[derive(Debug, Args)]
pub struct AuthOptions {
    #[command(flatten)]
    pub listen: ListenOptions,
    #[command(flatten)]
    pub database: OneDatabase,
    #[command(flatten)]
    pub tls: DatabaseTls,
    #[command(flatten)]
    pub schema: SchemaOptions,
    #[command(flatten)]
    pub address: AddressOptions,
    #[command(flatten)]
    pub proxies: ProxyOptions,
    #[command(flatten)]
    pub tokens: TokenOptions,
    #[command(flatten)]
    pub signups: SignupOptions,
    #[command(flatten)]
    pub keys: KeyOptions,
    #[command(flatten)]
    pub nats: NatsOptions,
    #[command(flatten)]
    pub mail: MailOptions,
    #[command(flatten)]
    pub limits: LimitOptions,
    #[command(flatten)]
    pub development: DevelopmentOptions,
    #[command(flatten)]
    pub diagnosis: DiagnosisOptions,
}

#[derive(Debug, Args)]
pub struct ChatOptions {
    #[command(flatten)]
    pub listen: ListenOptions,
    #[command(flatten)]
    pub database: OneDatabase,
    #[command(flatten)]
    pub tls: DatabaseTls,
    #[command(flatten)]
    pub schema: SchemaOptions,
    #[command(flatten)]
    pub address: AddressOptions,
    #[command(flatten)]
    pub tokens: TokenOptions,
    #[command(flatten)]
    pub keys: KeyOptions,

    /// Where the auth-service is, such as http://auth-service:5000.
    #[arg(long, env = "AUTH_SERVICE_URL", value_parser = config::service, value_name = "URL", help_heading = "Services")]
    pub auth_service_url: String,

    #[command(flatten)]
    pub nats: NatsOptions,
    #[cfg(feature = "aws")]
    #[command(flatten)]
    pub gateway: super::GatewayOptions,
    #[command(flatten)]
    pub messages: MessageOptions,
    #[command(flatten)]
    pub limits: LimitOptions,
    #[command(flatten)]
    pub diagnosis: DiagnosisOptions,
}

#[derive(Debug, Args)]
pub struct WsOptions {
    #[command(flatten)]
    pub listen: ListenOptions,
    #[command(flatten)]
    pub tokens: TokenOptions,
    #[command(flatten)]
    pub keys: KeyOptions,

    /// Where the chat-service is, such as http://chat-service:5000.
    #[arg(long, env = "CHAT_SERVICE_INTERNAL", value_parser = config::service, value_name = "URL", help_heading = "Services")]
    pub chat_service_internal: String,

    #[command(flatten)]
    pub nats: NatsOptions,
    #[command(flatten)]
    pub diagnosis: DiagnosisOptions,
}

/// How a service's command differs from what its groups say: what the one process can make up, it must be told.
pub fn adjust(command: Command) -> Command {
    let service = |service: Command| {
        service
            .mut_arg("jwt_secret", |secret| {
                secret.required(true).help("Key of the access tokens, at least 32 bytes; the same for all services")
            })
            .mut_arg("internal_api_key", |key| {
                key.required(true).help("Key that services show each other on internal paths; the same for all of them")
            })
            .mut_arg("nats_url", |url| {
                url.required(true).help(
                    "NATS servers, which carry events between services: nats:// or tls://, with user:password@ or \
                     token@ where they ask for it, ?ca=FILE of certificates (PEM) where they have an authority of their \
                     own, several of a cluster separated by commas; off where there is none and others find out by asking",
                )
            })
    };
    let with_frontend = |command: Command| {
        command.mut_arg("frontend_url", |url| {
            url.required(true)
                .help("Address of the web app as people open it: links in mails, and the one origin that CORS admits")
        })
    };
    let services = |command: Command| {
        command
            .mut_subcommand("auth", |auth| with_frontend(service(auth)))
            .mut_subcommand("chat", |chat| or_gateway(with_frontend(service(chat))))
            .mut_subcommand("ws", |ws| service(ws).mut_arg("port", |port| port.default_value("4001")))
    };
    services(command)
        .mut_subcommand("doctor", |doctor| showing(services(doctor), &["url"]))
        .mut_subcommand("backup", |backup| showing(backup, &["to", "data_dir"]))
        .mut_subcommand("restore", |restore| showing(restore, &["from", "replace", "data_dir"]))
}

/// Takes all the same; help would repeat that of the roles.
fn showing(command: Command, shown: &'static [&'static str]) -> Command {
    command
        .mut_args(|argument| {
            let is_shown = shown.contains(&argument.get_id().as_str());
            argument.hide(!is_shown)
        })
        .mut_subcommands(|below| showing(below, shown))
}

/// On AWS events go another way.
#[cfg(feature = "aws")]
fn or_gateway(chat: Command) -> Command {
    chat.mut_arg("nats_url", |url| url.required(false).required_unless_present("ws_management_endpoint"))
}

#[cfg(not(feature = "aws"))]
fn or_gateway(chat: Command) -> Command {
    chat
}
