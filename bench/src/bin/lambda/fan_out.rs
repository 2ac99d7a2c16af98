//! One message to many connections, posted to a management API that takes its time.

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use testbed::{aws::Installation, gateway::Fault};
use tokio::sync::mpsc;

use super::{Outcome, Row, ms, people::Person, percentile};

/// Who they belong to.
const PEOPLE: usize = 10;
const CONNECTING_AT_ONCE: usize = 16;
/// A younger connection is asked about before it is posted to: that is no part of this.
const YOUNG: Duration = Duration::from_secs(10);

pub async fn run(
    shape: &Installation,
    connections: usize,
    post: Duration,
    messages: usize,
) -> Outcome<Vec<Row>> {
    let mut people = Vec::new();
    for nth in 0..PEOPLE {
        people.push(Person::sign_up(shape, &format!("hearer-{nth}")).await?);
    }
    let room = people[0].general().await?;
    let (heard, mut hearing) = mpsc::channel(connections);
    let connecting = (0..connections).map(|nth| people[nth % PEOPLE].clone()).map(|person| {
        let heard = heard.clone();
        async move {
            let (mut socket, _) = person.connect().await?;
            tokio::spawn(async move {
                while socket.wait_for("message").await.is_ok() && heard.send(()).await.is_ok() {}
            });
            Outcome::Ok(())
        }
    });
    stream::iter(connecting).buffer_unordered(CONNECTING_AT_ONCE).try_collect::<()>().await?;
    tokio::time::sleep(YOUNG).await;
    for row in shape.dynamo.rows().await {
        shape.gateway.set_fault(row["connectionId"]["S"].as_str().ok_or("no id")?, Fault::Slow(post));
    }

    let mut times = Vec::new();
    for nth in 0..messages {
        let begun = Instant::now();
        people[0].post(room, &format!("message {nth}")).await?;
        for _ in 0..connections {
            hearing.recv().await.ok_or("nobody hears any more")?;
        }
        times.push(begun.elapsed());
    }
    let row = |figure: &str, p| {
        (
            format!("a message to {connections} connections, {} ms a post", post.as_millis()),
            format!("from the request until the last one heard it, {figure} of {messages}"),
            ms(percentile(&mut times.clone(), p)),
        )
    };
    Ok(vec![row("median", 50), row("worst", 100)])
}
