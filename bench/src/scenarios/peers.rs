//! Cloud Chat beside other servers: the same machine, the same generator, one after the other.

use std::time::Duration;

use clap::Parser;
use tokio::task::block_in_place;

use crate::{
    Failure, Outcome,
    load::{Load, Pacing},
    measure::{Process, Watch},
    options::{Command, FanOut, Options, Peers, Rooms},
    peers::{Ejabberd, Line, Nchan, Node},
    people::Person,
    product::{Candidate, Shape},
    report::{Goal, Of, Unit, millis, rate},
    scenarios::{
        Bench,
        fan_out::{self, OneAndMany},
        hall::{Hall, Seat},
        rooms,
    },
};

const WARM_UP: Duration = Duration::from_millis(500);
/// As many under way as Cloud Chat's senders have together.
const WINDOW: usize = 128;
/// Of one of Cloud Chat's events.
const EVENT_BYTES: usize = 336;
const TEXT_BYTES: usize = 40;

pub async fn run(bench: &mut Bench, options: &Peers, round: usize) -> Outcome<()> {
    let sockets = bench.scaled(options.sockets);
    let Some(Command::FanOut(fan_out)) = Options::parse_from(["bench", "fan-out"]).command else {
        return Err("the command line has no fan-out".into());
    };
    let own = FanOut { sockets: Some(options.sockets), ..fan_out.clone() };
    named("Cloud Chat", fan_out::run(bench, &own, round).await)?;
    named("nginx with nchan", nchan(bench, sockets).await)?;
    named("ejabberd", ejabberd(bench, sockets).await)?;
    named("Cloud Chat", durable(bench, round).await)?;
    named("the Node server", node(bench, &fan_out, sockets).await)
}

/// An error that says whose it is.
fn named(peer: &str, outcome: Outcome<()>) -> Outcome<()> {
    outcome.map_err(|error| format!("{peer}: {error}").into())
}

async fn nchan(bench: &mut Bench, sockets: usize) -> Outcome<()> {
    let nchan = Nchan::start(&bench.data).await?;
    let both = lines(nchan.line(sockets, EVENT_BYTES)?, &nchan.processes, bench.lasts())?;
    add(bench, &Candidate::elsewhere(&nchan.label), Nchan::SETTINGS, sockets, both);
    Ok(())
}

async fn ejabberd(bench: &mut Bench, sockets: usize) -> Outcome<()> {
    let ejabberd = Ejabberd::start(&bench.data).await?;
    let both = lines(ejabberd.line(sockets, TEXT_BYTES)?, &ejabberd.processes, bench.lasts())?;
    add(bench, &Candidate::elsewhere(&ejabberd.label), Ejabberd::SETTINGS, sockets, both);
    Ok(())
}

fn lines(mut line: Line, processes: &[Process], lasts: Duration) -> Outcome<OneAndMany> {
    block_in_place(|| {
        let mut driven = |window| {
            line.drive(window, WARM_UP.min(lasts))?;
            let watch = Watch::start(processes)?;
            let driven = line.drive(window, lasts)?;
            Ok::<_, Failure>((driven, watch.stop()?))
        };
        Ok([driven(1)?, driven(WINDOW)?])
    })
}

fn add(bench: &mut Bench, peer: &Candidate, settings: &str, sockets: usize, both: OneAndMany) {
    bench.report.server(peer, settings);
    fan_out::record_both(bench, peer, sockets, both);
}

/// Cloud Chat as it comes, and on the database that the Node server stores in.
const STORES: [Shape; 2] = [Shape::Sqlite, Shape::Mariadb];

async fn durable(bench: &mut Bench, round: usize) -> Outcome<()> {
    let (own, options) = (bench.shape, room_options()?);
    for shape in STORES {
        bench.shape = shape;
        rooms::run(bench, &options, round).await?;
    }
    bench.shape = own;
    Ok(())
}

/// It stores what it delivers, so it is measured by durable messages, too.
async fn node(bench: &mut Bench, fan_out: &FanOut, sockets: usize) -> Outcome<()> {
    let node = Node::start(&bench.data).await?;
    let peer = Candidate::elsewhere(&node.label);
    let product = node.product();
    let seats = (0..sockets).map(|number| seat(number, 1, &product.secret)).collect::<Outcome<Vec<_>>>()?;
    let mut hall = Hall::fill(product, &seats)?;
    let both = fan_out::one_and_many(&mut hall, fan_out, sockets, bench.lasts())?;
    add(bench, &peer, Node::SETTINGS, sockets, both);
    drop(hall);
    let options = room_options()?;
    stored_by(bench, &node, &peer, &Rooms { count: bench.scaled(options.count), ..options })
}

fn room_options() -> Outcome<Rooms> {
    match Options::parse_from(["bench", "rooms"]).command {
        Some(Command::Rooms(options)) => Ok(options),
        _ => Err("the command line has no rooms".into()),
    }
}

fn stored_by(bench: &mut Bench, node: &Node, peer: &Candidate, options: &Rooms) -> Outcome<()> {
    let product = node.product();
    let count = options.count * options.members;
    // The first room is taken.
    let rooms = (2..).take(options.count).cycle();
    let seats = (0..count).zip(rooms).map(|(number, room)| seat(number, room, &product.secret));
    let seats = seats.collect::<Outcome<Vec<_>>>()?;
    let mut hall = Hall::fill(product, &seats)?;
    let senders = hall.senders(options.senders.min(count));
    let pacing = Pacing::Closed { window: options.window };
    let (driven, usage) = hall.drive(Load::lasting(bench.lasts(), senders, pacing, options.text_bytes))?;

    let name = rooms::name(options, Shape::Mariadb);
    let stored = rate(driven.messages, driven.wall.as_secs_f64());
    let per_cpu = rate(driven.messages, usage.server_cpu_s());
    let (report, of) = (&mut bench.report, Of::Server(peer));
    report.add(&name, rooms::STORED, of, Unit::PerSecond, stored, Goal::None);
    report.add(&name, "messages per CPU second", of, Unit::PerSecond, per_cpu, Goal::None);
    report.add(
        &name,
        "p99 of answers",
        of,
        Unit::Milliseconds,
        millis(driven.ack.percentile(99.0)),
        Goal::None,
    );
    report.usage(&name, peer, usage);
    for candidate in bench.candidates.clone() {
        for shape in STORES {
            let name = rooms::name(options, shape);
            let own =
                bench.report.last(&name, rooms::STORED, &candidate).ok_or("no figure to compare with")?;
            let (report, of) = (&mut bench.report, Of::Server(&candidate));
            report.add(&name, "times the Node server", of, Unit::Times, own / stored, Goal::AtLeast(10.0));
        }
    }
    Ok(())
}

fn seat(number: usize, room: i64, secret: &str) -> Outcome<Seat> {
    Ok(Seat { path: Person::made_up(number, secret)?.room_path(room), room })
}
