//! Sending the one kind of letter there is. Without a mail server its link goes to the log.

mod reset;

use std::time::Duration;

use kit::{Error, Result};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use protocol::UserId;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::MailConfig;

/// For connecting and for every command.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// Waits between attempts: a greylisting server wants to be asked again.
const PAUSES: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(15), Duration::from_secs(90)];

/// A reset link on its way.
pub struct Letter {
    pub user: UserId,
    pub username: String,
    pub email: String,
    pub link: String,
}

impl MailConfig {
    /// Connects, says EHLO and logs in where there is a name; sends nothing. The error is for people.
    pub async fn check(&self) -> Result<(), String> {
        let transport: AsyncSmtpTransport<Tokio1Executor> =
            self.transport.clone().timeout(Some(STEP_TIMEOUT)).build();
        match tokio::time::timeout(ATTEMPT_TIMEOUT, transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("it ends the conversation".into()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("it is too slow".into()),
        }
    }
}

#[derive(Clone)]
pub struct Mailer(Option<Smtp>);

#[derive(Clone)]
struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why an attempt failed.
struct Failure {
    reason: String,
    is_permanent: bool,
}

impl Mailer {
    pub fn new(config: Option<&MailConfig>) -> Self {
        Self(config.map(|config| Smtp {
            transport: config.transport.clone().timeout(Some(STEP_TIMEOUT)).build(),
            from: config.from.clone(),
        }))
    }

    /// Tries a few times; what fails in the end is logged, without the link. Once `stopping`, there is no more
    /// waiting for another attempt.
    pub async fn deliver(&self, letter: &Letter, stopping: &CancellationToken) {
        let user = letter.user;
        let Some(smtp) = &self.0 else {
            tracing::info!(%user, link = letter.link, "reset link (set SMTP_URL to have it mailed)");
            return;
        };
        let message = match smtp.message(letter) {
            Ok(message) => message,
            Err(error) => return tracing::error!(%user, %error, "a reset mail could not be written"),
        };
        match attempt(stopping, || smtp.send(message.clone())).await {
            Ok(()) => tracing::info!(%user, "a reset link was mailed"),
            Err(failure) => {
                tracing::error!(%user, error = failure.reason, "a reset mail could not be sent");
            }
        }
    }
}

impl Smtp {
    fn message(&self, letter: &Letter) -> Result<Message> {
        let domain = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, letter.email.parse().map_err(Error::internal)?))
            .subject(reset::SUBJECT)
            .message_id(Some(format!("<{}@{domain}>", Uuid::new_v4())))
            .multipart(MultiPart::alternative_plain_html(reset::text(letter), reset::html(letter)))
            .map_err(Error::internal)
    }

    async fn send(&self, message: Message) -> Result<(), Failure> {
        match tokio::time::timeout(ATTEMPT_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Failure { reason: error.to_string(), is_permanent: error.is_permanent() }),
            Err(_) => Err(Failure { reason: "the mail server is too slow".into(), is_permanent: false }),
        }
    }
}

/// Sends until it succeeds, is refused for good, or was tried often enough.
async fn attempt<F>(stopping: &CancellationToken, mut send: impl FnMut() -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    for pause in PAUSES {
        match send().await {
            Err(failure) if !failure.is_permanent => {
                tracing::warn!(error = failure.reason, "a mail could not be sent yet");
                if stopping.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                    return Err(failure);
                }
            }
            result => return result,
        }
    }
    send().await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn failure(is_permanent: bool) -> Result<(), Failure> {
        Err(Failure { reason: "451 later".into(), is_permanent })
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_away_for_a_while_is_asked_again() {
        let (count, stopping) = (Cell::new(0), CancellationToken::new());
        let sent = attempt(&stopping, async || {
            count.set(count.get() + 1);
            if count.get() < 3 { failure(false) } else { Ok(()) }
        });
        assert!(sent.await.is_ok());
        assert_eq!(count.get(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_for_good_and_too_many_failures_end_it() {
        for (is_permanent, attempts) in [(true, 1), (false, PAUSES.len() + 1)] {
            let (count, stopping) = (Cell::new(0), CancellationToken::new());
            let sent = attempt(&stopping, async || {
                count.set(count.get() + 1);
                failure(is_permanent)
            });
            assert!(sent.await.is_err());
            assert_eq!(count.get(), attempts);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_does_not_wait_for_another_attempt() {
        let stopping = CancellationToken::new();
        stopping.cancel();
        let count = Cell::new(0);
        let sent = attempt(&stopping, async || {
            count.set(count.get() + 1);
            failure(false)
        });
        assert!(sent.await.is_err());
        assert_eq!(count.get(), 1);
    }
}
