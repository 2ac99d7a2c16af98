//! From a frame at one node to the event at another.

use std::time::Instant;

use super::{Installation, Outcome, Row, ms, people::Person, percentile};

pub async fn run(installation: &Installation, count: usize) -> Outcome<Vec<Row>> {
    let (sender, hearer) =
        (Person::sign_up(installation, "sender").await?, Person::sign_up(installation, "hearer").await?);
    let room = sender.general().await?;
    hearer.general().await?;
    let [here, there] = &installation.ws;
    let (mut sending, mut hearing) = (sender.connect(here).await?, hearer.connect(there).await?);
    let mut times = Vec::new();
    for number in 0..count {
        let begun = Instant::now();
        sending.send_message(room, &format!("message {number}")).await?;
        hearing.wait_for("message").await?;
        times.push(begun.elapsed());
        sending.wait_for("ack").await?;
    }
    let row = |p| ("ws node to ws node".to_owned(), format!("p{p} of {count}"), p);
    let rows = [50, 99].map(row);
    Ok(rows.map(|(name, figure, p)| (name, figure, ms(percentile(&mut times, p)))).into())
}
