//! Somebody in many rooms connects: a row for each is written before they hear `connected`.

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use testbed::aws::Installation;

use super::{Outcome, Row, ms, people::Person, percentile};

const CREATED_AT_ONCE: usize = 16;
/// Looks at the table, until the last connection has left it.
const RHYTHM: Duration = Duration::from_millis(50);

pub async fn run(shape: &Installation, rooms: usize, connects: usize) -> Outcome<Vec<Row>> {
    let person = Person::sign_up(shape, "resident").await?;
    let creating = (0..rooms).map(|nth| {
        let person = person.clone();
        async move { person.create_room(&format!("room {nth}")).await }
    });
    stream::iter(creating).buffer_unordered(CREATED_AT_ONCE).try_collect::<()>().await?;
    let mut times = Vec::new();
    for _ in 0..connects {
        let begun = Instant::now();
        let (socket, carried) = person.connect().await?;
        times.push(begun.elapsed());
        drop(socket);
        let mut rhythm = tokio::time::interval(RHYTHM);
        while !shape.dynamo.rows().await.is_empty() {
            rhythm.tick().await;
        }
        // And the general room.
        if carried != rooms + 1 {
            return Err(format!("the connection carries {carried} rooms").into());
        }
    }
    let row = |figure: &str, p| {
        (
            format!("connecting with {rooms} rooms"),
            format!("from the handshake to `connected`, {figure} of {connects}"),
            ms(percentile(&mut times.clone(), p)),
        )
    };
    Ok(vec![row("median", 50), row("worst", 100)])
}
