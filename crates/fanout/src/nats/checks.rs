//! Whether NATS would do: a connection, and a message to oneself.

use std::time::Duration;

use futures::StreamExt;
use tokio::time::timeout;
use uuid::Uuid;

use super::{NatsServers, subjects};

const PATIENCE: Duration = Duration::from_secs(5);

impl NatsServers {
    /// Once, without trying again; the error is for people.
    pub async fn check(&self) -> Result<(), String> {
        let client = timeout(PATIENCE, self.try_to_connect()).await;
        let client = client.map_err(|_| "no answer".to_owned())?.map_err(|error| error.to_string())?;
        let subject = format!("{}.check.{}", subjects::ROOT, Uuid::new_v4());
        let there_and_back = async {
            let mut own = client.subscribe(subject.clone()).await.map_err(|error| error.to_string())?;
            client.publish(subject.clone(), "".into()).await.map_err(|error| error.to_string())?;
            own.next().await.map(drop).ok_or_else(|| "the connection ended".to_owned())
        };
        timeout(PATIENCE, there_and_back).await.unwrap_or_else(|_| {
            Err(format!(
                "a message to oneself does not come back: may we publish and subscribe to {}.>?",
                subjects::ROOT
            ))
        })
    }
}
