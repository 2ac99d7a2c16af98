//! The worker behind forgotten passwords: looks accounts up, makes links, sends mails. The request that asked is
//! answered long before, in the same time whether or not there was an account.

use kit::{Error, Result, shutdown::Tasks};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::write_letter;
use crate::{
    Auth,
    mails::{Letter, Mailer},
};

const WAITING_MAX: usize = 256;
/// A slow mail server holds up this many letters before it holds up the others.
const CONCURRENT_MAX: usize = 8;

pub enum Job {
    /// An email as it was typed in, folded.
    LookUp(String),
    Send(Letter),
}

pub struct ResetQueue(mpsc::Sender<Job>);

pub fn queue() -> (ResetQueue, mpsc::Receiver<Job>) {
    let (sender, jobs) = mpsc::channel(WAITING_MAX);
    (ResetQueue(sender), jobs)
}

impl ResetQueue {
    pub fn look_up(&self, email_folded: String) -> Result<()> {
        self.push(Job::LookUp(email_folded))
    }

    pub fn send(&self, letter: Letter) -> Result<()> {
        self.push(Job::Send(letter))
    }

    fn push(&self, job: Job) -> Result<()> {
        self.0.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::unavailable("Too many mails are waiting. Try again in a moment."),
            TrySendError::Closed(_) => Error::unavailable("The server is about to stop."),
        })
    }
}

pub fn start_worker(auth: &Auth, jobs: mpsc::Receiver<Job>, tasks: &Tasks) {
    let mailer = Mailer::new(auth.0.config.mail.as_ref());
    let auth = auth.clone();
    tasks.spawn(|stopping| work(auth, mailer, jobs, stopping));
}

async fn work(auth: Auth, mailer: Mailer, mut jobs: mpsc::Receiver<Job>, stopping: CancellationToken) {
    let mut running = JoinSet::new();
    loop {
        let job = tokio::select! {
            () = stopping.cancelled() => break,
            job = jobs.recv(), if running.len() < CONCURRENT_MAX => job,
            Some(_) = running.join_next() => continue,
        };
        let Some(job) = job else { break };
        running.spawn(perform(auth.clone(), mailer.clone(), job, stopping.clone()));
    }
    // What was asked for before the stop is still tried, once each.
    jobs.close();
    while let Some(job) = jobs.recv().await {
        running.spawn(perform(auth.clone(), mailer.clone(), job, stopping.clone()));
    }
    while running.join_next().await.is_some() {}
}

async fn perform(auth: Auth, mailer: Mailer, job: Job, stopping: CancellationToken) {
    let letter = match job {
        Job::Send(letter) => Ok(Some(letter)),
        Job::LookUp(email) => write_letter(&auth, &email).await,
    };
    match letter {
        Ok(Some(letter)) => mailer.deliver(&letter, &stopping).await,
        Ok(None) => tracing::debug!("a reset link was asked for an unknown account"),
        Err(error) => tracing::error!(%error, "a reset link could not be made"),
    }
}
