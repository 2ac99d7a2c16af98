//! What grows must not cost: the same reads and sends in a room with very many messages and one with few, and by
//! somebody with many rooms and somebody with one, in turns.

use std::{net::SocketAddr, time::Duration};

use serde_json::json;
use tokio::task::block_in_place;

use crate::{
    Outcome,
    load::{
        Load, Pacing,
        http::{Requests, ask, request},
    },
    options::Large,
    people::{Person, room_of, signed_up},
    product::{Candidate, Product},
    report::{Goal, Of, Unit, median},
    scenarios::{
        Bench,
        hall::{Hall, Seat},
    },
};

/// Messages of the small room.
const FEW: usize = 1_000;
/// Pairs of turns.
const PAIRS: usize = 9;
/// How much slower the large one may be, in percent.
const MORE: f64 = 20.0;
const SEEDERS: usize = 4;
/// Longer than any seeding; what counts is how many.
const AGES: Duration = Duration::from_secs(3600);

pub async fn run(bench: &mut Bench, options: &Large, round: usize) -> Outcome<()> {
    if round > 0 {
        // Its own turns are the rounds.
        return Ok(());
    }
    let messages = bench.scaled(options.messages);
    let rooms = bench.scaled(options.rooms);
    for candidate in bench.candidates(round) {
        let product = bench.start(&candidate).await?;
        let people = signed_up(&product, 2).await?;
        let [settled, newcomer] = &people[..] else { return Err("two people were asked for".into()) };
        let few = room_of(&product, newcomer, &[]).await?;
        let many = room_of(&product, newcomer, &[]).await?;
        let product = seed(product, newcomer, few, FEW.min(messages)).await?;
        let product = seed(product, newcomer, many, messages).await?;
        for _ in 1..rooms {
            room_of(&product, settled, &[]).await?;
        }
        let own = room_of(&product, settled, &[newcomer]).await?;

        let address = product.chat_address()?;
        let mut turns =
            Turns { bench, candidate: &candidate, address, requests: options.requests, posted: 0 };
        let what = format!("a room of {messages} beside one of {FEW}");
        turns.compare(&what, (newcomer, many), (newcomer, few))?;
        let what = format!("somebody with {rooms} rooms beside one with few");
        turns.compare(&what, (settled, own), (newcomer, own))?;
        product.stop().await?;
    }
    Ok(())
}

/// So many messages, at full speed.
async fn seed(product: Product, person: &Person, room: i64, count: usize) -> Outcome<Product> {
    let seats: Vec<_> = (0..SEEDERS).map(|_| Seat { path: person.room_path(room), room }).collect();
    let mut hall = Hall::fill(product, &seats)?;
    let pacing = Pacing::Closed { window: 32 };
    hall.prepare(&Load {
        senders: hall.senders(SEEDERS),
        pacing,
        text_bytes: 40,
        lasts: AGES,
        most: count as u64,
    })?;
    Ok(hall.product)
}

struct Turns<'a> {
    bench: &'a mut Bench,
    candidate: &'a Candidate,
    address: SocketAddr,
    requests: u64,
    posted: usize,
}

impl Turns<'_> {
    /// In turns, each pair begun by the other one.
    fn compare(&mut self, what: &str, large: (&Person, i64), small: (&Person, i64)) -> Outcome<()> {
        let (mut reads, mut sends) = (Vec::new(), Vec::new());
        for pair in 0..PAIRS {
            let (large, small) = if pair % 2 == 0 {
                let large = self.turn(large)?;
                (large, self.turn(small)?)
            } else {
                let small = self.turn(small)?;
                (self.turn(large)?, small)
            };
            reads.push(100.0 * (large.0 / small.0 - 1.0));
            sends.push(100.0 * (large.1 / small.1 - 1.0));
        }
        let (report, of) = (&mut self.bench.report, Of::Server(self.candidate));
        let figure = format!("median of {PAIRS} pairs");
        report.add(
            what,
            &format!("reads slower by, {figure}"),
            of,
            Unit::Percent,
            median(&reads),
            Goal::AtMost(MORE),
        );
        report.add(
            what,
            &format!("sends slower by, {figure}"),
            of,
            Unit::Percent,
            median(&sends),
            Goal::AtMost(MORE),
        );
        Ok(())
    }

    /// Medians of reads and of sends, in seconds.
    fn turn(&mut self, (person, room): (&Person, i64)) -> Outcome<(f64, f64)> {
        let path = format!("/messages/{room}");
        let token = Some(person.token.as_str());
        let read = self.timed(&mut |_| request("GET", &path, token, ""))?;
        let mut posted = self.posted;
        let send = self.timed(&mut |_| {
            posted += 1;
            let body = json!({"content": "hello", "clientMessageId": format!("large-{posted}")});
            request("POST", &path, token, &body.to_string())
        })?;
        self.posted = posted;
        Ok((read, send))
    }

    /// One after the other; their median, in seconds.
    fn timed(&self, next: &mut (dyn FnMut(u64) -> Vec<u8> + Send)) -> Outcome<f64> {
        let pacing = Pacing::Closed { window: 1 };
        let (address, most) = (self.address, self.requests);
        let requests = Requests { address, clients: 1, pacing, lasts: AGES, most, next };
        Ok(block_in_place(|| ask(requests))?.latency.percentile(50.0).as_secs_f64())
    }
}
