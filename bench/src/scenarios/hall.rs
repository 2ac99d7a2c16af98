//! People with a socket each, in one room or in many.

use std::time::Duration;

use tokio::task::block_in_place;

use crate::{
    Outcome,
    load::{
        Driven, Fleet, Latencies, Ledger, Load, Sender, drive,
        http::{Answered, Requests, ask},
    },
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
    senders: Vec<Sender>,
}

/// A socket to open, and the room in which it sends.
pub struct Seat {
    pub path: String,
    pub room: i64,
}

impl Hall {
    /// The general room of a new installation, and so many people with a socket each.
    pub async fn open(bench: &Bench, candidate: &Candidate, sockets: usize) -> Outcome<Self> {
        let product = bench.start(candidate).await?;
        let (people, room) = in_general(&product, sockets).await?;
        Self::fill(product, &seats(&people, room))
    }

    pub fn fill(product: Product, seats: &[Seat]) -> Outcome<Self> {
        let paths: Vec<_> = seats.iter().map(|seat| seat.path.as_str()).collect();
        let (mut fleet, mut ledger, mut connecting) = (Fleet::new()?, Ledger::default(), Latencies::new()?);
        block_in_place(|| {
            fleet.connect(product.ws, &paths, |socket, greeting, after| {
                connecting.record(after);
                ledger.subscribe(socket, greeting)
            })
        })?;
        let senders = seats.iter().enumerate().map(|(socket, seat)| Sender { socket, room: seat.room });
        Ok(Self { product, connecting, fleet, ledger, senders: senders.collect() })
    }

    /// The first so many sockets.
    pub fn senders(&self, count: usize) -> Vec<Sender> {
        self.senders.iter().take(count).copied().collect()
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

    /// A load that is not measured.
    pub fn prepare(&mut self, load: &Load) -> Outcome<()> {
        block_in_place(|| drive(&mut self.fleet, &mut self.ledger, load).map(drop))
    }

    /// The same while others ask over HTTP.
    pub fn drive_beside(
        &mut self,
        load: Load,
        mut requests: Requests<'_>,
    ) -> Outcome<(Driven, Usage, Answered)> {
        requests.lasts = load.lasts + WARM_UP;
        block_in_place(|| {
            std::thread::scope(|scope| {
                let beside = scope.spawn(move || ask(requests));
                let (driven, usage) = self.drive(load)?;
                let answered = beside.join().map_err(|_| "the HTTP clients panicked")??;
                Ok((driven, usage, answered))
            })
        })
    }
}

/// One for each of these people, who are in this room.
pub fn seats(people: &[Person], room: i64) -> Vec<Seat> {
    people.iter().map(|person| Seat { path: person.socket_path(), room }).collect()
}
