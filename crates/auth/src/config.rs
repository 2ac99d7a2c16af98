//! What the service is told at its start.

use kit::{address::TrustedProxies, config::Secret, internal_key::InternalKeys};
use lettre::{
    AsyncSmtpTransport, Tokio1Executor, message::Mailbox, transport::smtp::AsyncSmtpTransportBuilder,
};

pub struct Config {
    /// Where links in mails lead, and the one other origin that may use cookies: `https://chat.example.org`.
    pub frontend_url: String,
    /// Reset links are in the answer.
    pub dev_mode: bool,
    pub signups_open: bool,
    pub rate_limits: bool,
    /// `None`: reset links go to the log.
    pub mail: Option<MailConfig>,
    pub trusted_proxies: TrustedProxies,
    pub internal_keys: InternalKeys,
}

/// A mail server and a sender, both checked.
#[derive(Clone)]
pub struct MailConfig {
    pub(crate) transport: AsyncSmtpTransportBuilder,
    pub(crate) from: Mailbox,
}

impl MailConfig {
    /// `smtp_url`: `smtp://` (plain, or with `?tls=required` for STARTTLS) or `smtps://`, with name and password
    /// where the server wants them. The error says which variable must be what; it never repeats the password.
    pub fn new(smtp_url: &Secret, from: &str) -> Result<Self, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url.expose()).map_err(|_| {
            "SMTP_URL must be the address of a mail server, such as smtps://user:password@mail.example.org"
        })?;
        let from = from
            .parse()
            .map_err(|_| "SMTP_FROM must be a mail address, such as Cloud Chat <chat@example.org>")?;
        Ok(Self { transport, from })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(url: &str, from: &str) -> String {
        MailConfig::new(&Secret::new(url), from).err().unwrap_or_default()
    }

    #[test]
    fn a_malformed_variable_is_named_and_its_value_is_not_repeated() {
        assert_eq!(error_of("smtp://localhost:1025", "chat@example.org"), "");
        assert_eq!(error_of("smtp://localhost?tls=required", "Cloud Chat <cloud-chat@localhost>"), "");
        assert_eq!(error_of("smtps://user:secret@mail.example.org", "Cloud Chat <chat@example.org>"), "");
        for url in ["", "mail.example.org", "http://mail.example.org", "smtp://user:secret@", "smtp:"] {
            let error = error_of(url, "chat@example.org");
            assert!(error.starts_with("SMTP_URL must be") && !error.contains("secret"), "{url}: {error}");
        }
        for from in ["", "chat", "<>", "a@b@c"] {
            assert!(error_of("smtp://localhost", from).starts_with("SMTP_FROM must be"), "{from}");
        }
    }
}
