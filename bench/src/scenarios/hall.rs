//! People in one room, each with a socket.

use std::time::Duration;

use tokio::task::block_in_place;

use crate::{
    Outcome,
    load::{Driven, Fleet, Latencies, Ledger, Load, Sender, drive},
    measure::{Usage, Watch},
    people::{Person, in_general},
    product::{Candidate, Product},
    scenarios::Bench,
};

const WARM_UP: Duration = Duration::from_millis(500);

pub struct Hall {
    pub product: Product,
    /// How long each socket took to be subscribed.
    pub connecting: Latencies,
    fleet: Fleet,
    ledger: Ledger,
    room: i64,
}

impl Hall {
    /// The general room of a new installation, and so many people with a socket each.
    pub async fn open(bench: &Bench, candidate: &Candidate, sockets: usize) -> Outcome<Self> {
        let product = Product::start(candidate, &bench.data).await?;
        let (people, room) = in_general(&product, sockets).await?;
        Self::fill(product, &people, room)
    }

    pub fn fill(product: Product, people: &[Person], room: i64) -> Outcome<Self> {
        let paths: Vec<_> = people.iter().map(Person::socket_path).collect();
        let (mut fleet, mut ledger, mut connecting) = (Fleet::new()?, Ledger::default(), Latencies::new()?);
        block_in_place(|| {
            fleet.connect(product.ws, &paths, |socket, greeting, after| {
                connecting.record(after);
                ledger.subscribe(socket, greeting)
            })
        })?;
        Ok(Self { product, connecting, fleet, ledger, room })
    }

    /// The first so many sockets.
    pub fn senders(&self, count: usize) -> Vec<Sender> {
        (0..count).map(|socket| Sender { socket, room: self.room }).collect()
    }

    /// What a load brings and costs, once it is running warm.
    pub fn drive(&mut self, mut load: Load) -> Outcome<(Driven, Usage)> {
        let lasts = load.lasts;
        load.lasts = WARM_UP.min(lasts);
        block_in_place(|| {
            drive(&mut self.fleet, &mut self.ledger, &load)?;
            load.lasts = lasts;
            let watch = Watch::start(&self.product.processes)?;
            let driven = drive(&mut self.fleet, &mut self.ledger, &load)?;
            Ok((driven, watch.stop()?))
        })
    }
}
