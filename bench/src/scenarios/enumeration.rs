//! Whether the time of an answer tells who has an account: the same is asked about one that is there and about others, in
//! turns.

use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::{
    Outcome,
    options::Enumeration,
    people::{client, signed_up},
    report::{Goal, Of, Unit, millis},
    scenarios::Bench,
};

/// Connections, pools and caches are as they stay.
const WARM_UP: usize = 20;
/// Of the distribution of Kolmogorov and Smirnov: two samples of the same kind are further apart once in a hundred times.
const ONE_IN_A_HUNDRED: f64 = 1.628;

/// What is asked, of a name.
type Question = (&'static str, fn(&str) -> Value);

const QUESTIONS: [Question; 2] = [
    ("/auth/login", |name| json!({"email": name, "password": "not their password"})),
    ("/auth/forgot-password", |name| json!({"email": format!("{name}@bench.example")})),
];

pub async fn run(bench: &mut Bench, options: &Enumeration, round: usize) -> Outcome<()> {
    let count = bench.scaled(options.requests);
    for candidate in bench.candidates(round) {
        let product = bench.start(&candidate).await?;
        let known = signed_up(&product, 1).await?.pop().ok_or("nobody")?.name;
        let http = client()?;
        for (path, body) in QUESTIONS {
            let url = format!("{}{path}", product.auth);
            let (mut with, mut without) = (Vec::new(), Vec::new());
            for n in 0..WARM_UP + count {
                // As long as the other, and never the same twice.
                let unknown = format!("nobody{n:05}{}", &known[known.len() - 9..]);
                // Neither is always the first.
                let took = if n % 2 == 0 {
                    [ask(&http, &url, &body(&known)).await?, ask(&http, &url, &body(&unknown)).await?]
                } else {
                    let first = ask(&http, &url, &body(&unknown)).await?;
                    [ask(&http, &url, &body(&known)).await?, first]
                };
                if n >= WARM_UP {
                    with.push(took[0]);
                    without.push(took[1]);
                }
            }
            with.sort();
            without.sort();
            let (report, of) = (&mut bench.report, Of::Server(&candidate));
            let name = format!("{count} times {path} with and without an account");
            let [known, unknown] = [&with, &without].map(|sample| millis(sample[sample.len() / 2]));
            report.add(&name, "median with", of, Unit::Milliseconds, known, Goal::None);
            report.add(&name, "median without", of, Unit::Milliseconds, unknown, Goal::None);
            let chance = 100.0 * ONE_IN_A_HUNDRED * (2.0 / as_f64(count)).sqrt();
            let apart = 100.0 * distance(&with, &without);
            report.add(&name, "distributions apart", of, Unit::Percent, apart, Goal::AtMost(chance));
            report.add(&name, "that far by chance, once in 100", of, Unit::Percent, chance, Goal::None);
        }
        product.stop().await?;
    }
    Ok(())
}

async fn ask(http: &Client, url: &str, body: &Value) -> Outcome<Duration> {
    let begun = Instant::now();
    let answer = http.post(url).json(body).send().await?;
    answer.bytes().await?;
    Ok(begun.elapsed())
}

/// The most by which the shares below any one time differ. Whoever guesses by the time of an answer is right half as often
/// as that more than by tossing a coin. Both are sorted.
fn distance(one: &[Duration], other: &[Duration]) -> f64 {
    let share = |sample: &[Duration], time: Duration| {
        as_f64(sample.partition_point(|took| *took <= time)) / as_f64(sample.len())
    };
    let times = one.iter().chain(other);
    times.map(|time| (share(one, *time) - share(other, *time)).abs()).fold(0.0, f64::max)
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "quarters are exact")]
    fn samples_are_as_far_apart_as_their_shares_differ_most() {
        let ms = |times: &[u64]| times.iter().map(|ms| Duration::from_millis(*ms)).collect::<Vec<_>>();
        let some = ms(&[1, 2, 3, 4]);
        assert_eq!(distance(&some, &some), 0.0);
        assert_eq!(distance(&some, &ms(&[5, 6, 7, 8])), 1.0);
        assert_eq!(distance(&some, &ms(&[1, 2, 3, 9])), 0.25);
        assert_eq!(distance(&some, &ms(&[3, 4, 5, 6])), 0.5);
    }
}
