//! `cloud-chat doctor`: looks at everything that a role needs, one line each, and says how to mend what is wrong. It
//! changes nothing, and no line holds a secret.

mod address;
mod clock;
mod database;
mod folder;
mod limits;
mod report;
mod services;
mod settings;
mod websocket;

use std::{error::Error, fmt::Write};

use report::Report;

use crate::{
    databases,
    options::{AuthOptions, ChatOptions, DoctorOptions, DoctorRole, ServeOptions, Which, WsOptions},
    roles::parts,
};

pub async fn run(options: DoctorOptions) -> Result<(), String> {
    let mut report = Report::default();
    let url = options.url.as_deref();
    match options.role {
        None => everything(&mut report, &options.serve).await?,
        Some(DoctorRole::Auth(options)) => auth(&mut report, &options).await?,
        Some(DoctorRole::Chat(options)) => chat(&mut report, &options).await?,
        Some(DoctorRole::Ws(options)) => ws(&mut report, &options).await?,
    }
    report.add("open files", limits::open_files())?;
    if let Some(url) = url {
        address::check(&mut report, url).await?;
    }
    if !report.has("clock") {
        report.add("clock", clock::uncompared())?;
    }
    report.end()
}

async fn everything(report: &mut Report, options: &ServeOptions) -> Result<(), String> {
    let mut risks = settings::of_limits(options.limits, options.development);
    risks.extend(settings::of_address(options.address.frontend_url.as_deref(), &options.proxies));
    if options.nats.nats_url.is_some() && options.tokens.jwt_secret.is_none() {
        risks.push(settings::secret_is_missing());
    }
    report.add_all("settings", risks, "nothing stands out")?;
    let data_dir = &options.data.data_dir;
    report.add("data folder", folder::access(data_dir))?;
    report.add("disk", folder::space(data_dir))?;
    for which in [Which::Auth, Which::Chat] {
        let url = options.tls.protect(databases::find(which, &options.databases, data_dir));
        database::check(report, which, &url, options.schema).await?;
    }
    report.add("NATS", services::nats(options.nats.nats_url.as_ref()).await)?;
    report.add("mail", services::mail(&options.mail).await)
}

async fn auth(report: &mut Report, options: &AuthOptions) -> Result<(), String> {
    let mut risks = settings::of_limits(options.limits, options.development);
    risks.extend(settings::of_address(options.address.frontend_url.as_deref(), &options.proxies));
    report.add_all("settings", risks, "nothing stands out")?;
    match parts::database_url(Which::Auth, &options.database, &options.tls) {
        Ok(url) => database::check(report, Which::Auth, &url, options.schema).await?,
        Err(missing) => report.add("database", report::problem(missing))?,
    }
    report.add("NATS", services::nats(options.nats.nats_url.as_ref()).await)?;
    report.add("mail", services::mail(&options.mail).await)
}

async fn chat(report: &mut Report, options: &ChatOptions) -> Result<(), String> {
    let risks = settings::of_limits(options.limits, settings::NOT_IN_DEVELOPMENT);
    report.add_all("settings", risks, "nothing stands out")?;
    match parts::database_url(Which::Chat, &options.database, &options.tls) {
        Ok(url) => database::check(report, Which::Chat, &url, options.schema).await?,
        Err(missing) => report.add("database", report::problem(missing))?,
    }
    report.add("NATS", services::nats(options.nats.nats_url.as_ref()).await)?;
    let key = options.keys.internal_api_key.as_ref();
    report.add("auth-service", services::peer("AUTH_SERVICE_URL", &options.auth_service_url, key).await)
}

async fn ws(report: &mut Report, options: &WsOptions) -> Result<(), String> {
    report.add("settings", report::ok("nothing stands out"))?;
    report.add("NATS", services::nats(options.nats.nats_url.as_ref()).await)?;
    let key = options.keys.internal_api_key.as_ref();
    report.add(
        "chat-service",
        services::peer("CHAT_SERVICE_INTERNAL", &options.chat_service_internal, key).await,
    )
}

/// With all that caused it: libraries keep the telling part there.
fn explain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            write!(text, ": {words}").expect("a text takes more");
        }
        cause = error.source();
    }
    text
}
