//! How long a role takes to start on a schema that is in place.

use super::{Installation, Outcome, Row, ms, percentile};

pub async fn run(installation: &mut Installation, count: usize) -> Outcome<Vec<Row>> {
    let Installation { auth, chat, ws: [ws, _], .. } = installation;
    let mut rows = Vec::new();
    for role in [auth, chat, ws] {
        let mut times = Vec::new();
        for _ in 0..count {
            times.push(role.restart().await?);
        }
        let median = ms(percentile(&mut times, 50));
        rows.push((format!("cold start of {}", role.name), format!("median of {count}"), median));
    }
    Ok(rows)
}
