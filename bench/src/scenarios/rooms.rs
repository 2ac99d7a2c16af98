//! Many rooms: how many messages a second are stored, answered and heard by all members, beside what a bare loop stores.

use std::time::Duration;

use tokio::task::block_in_place;

use crate::{
    Outcome,
    ceilings::inserts,
    load::{Load, Pacing},
    options::Rooms,
    people::{Person, room_of, signed_up},
    product::{Product, Remains, Shape},
    report::{Goal, Of, Unit, millis, rate},
    scenarios::{
        Bench,
        hall::{Hall, Seat},
    },
};

/// Rooms that each person is in: enough that signing people up does not take longer than the measurement.
const ROOMS_EACH: usize = 10;
pub const STORED: &str = "messages stored and heard by all";
/// Of the bare loop.
const SHARE_GOAL: f64 = 60.0;
const BARE: Duration = Duration::from_secs(2);

pub async fn run(bench: &mut Bench, options: &Rooms, round: usize) -> Outcome<()> {
    let goal = match bench.shape {
        Shape::Sqlite => 10_000.0,
        Shape::Mariadb | Shape::Services => 5_000.0,
    };
    let options = &Rooms { count: bench.scaled(options.count), ..options.clone() };
    let name = name(options, bench.shape);
    for candidate in bench.candidates(round) {
        let product = bench.start(&candidate).await?;
        let seats = seats(&product, options).await?;
        let mut hall = Hall::fill(product, &seats)?;
        let senders = hall.senders(options.senders.min(seats.len()));
        let lasts = bench.lasts();
        let pacing = Pacing::Closed { window: options.window };
        let (driven, usage) = hall.drive(Load::lasting(lasts, senders, pacing, options.text_bytes))?;
        let batches = hall.product.batches().await?;
        let remains = hall.product.stop().await?;
        let bare = match batches {
            Some(batches) => Some((batches, bare(&remains, batches.messages, lasts.min(BARE)).await?)),
            None => None,
        };

        let stored = rate(driven.messages, driven.wall.as_secs_f64());
        let (report, of) = (&mut bench.report, Of::Server(&candidate));
        report.add(&name, STORED, of, Unit::PerSecond, stored, Goal::AtLeast(goal));
        if let Some((batches, bare)) = bare {
            let writer = batches.messages / batches.seconds;
            let mut add = |figure: &str, unit, value, goal| report.add(&name, figure, of, unit, value, goal);
            add("messages in a batch, mean", Unit::Count, batches.messages, Goal::None);
            add("bare inserts in such batches", Unit::PerSecond, bare, Goal::None);
            add("of the bare inserts", Unit::Percent, 100.0 * stored / bare, Goal::AtLeast(SHARE_GOAL));
            add("stored while the writer has something to store", Unit::PerSecond, writer, Goal::None);
            add("of the bare inserts, the writer alone", Unit::Percent, 100.0 * writer / bare, Goal::None);
        }
        let per_cpu = rate(driven.messages, usage.server_cpu_s());
        report.add(&name, "messages per CPU second", of, Unit::PerSecond, per_cpu, Goal::None);
        let ack = millis(driven.ack.percentile(99.0));
        report.add(&name, "p99 of answers", of, Unit::Milliseconds, ack, Goal::None);
        report.usage(&name, &candidate, usage);
    }
    Ok(())
}

pub fn name(options: &Rooms, shape: Shape) -> String {
    let Rooms { count, members, senders, window, .. } = options;
    format!("{count} rooms of {members}, {senders} senders × {window}, {}", shape.name())
}

/// A socket for each member of each room, that of the first member of every room first.
async fn seats(product: &Product, options: &Rooms) -> Outcome<Vec<Seat>> {
    let count = (options.count * options.members).div_ceil(ROOMS_EACH).max(options.members);
    let people = signed_up(product, count).await?;
    let mut rooms = Vec::with_capacity(options.count);
    for room in 0..options.count {
        let members: Vec<&Person> =
            (0..options.members).map(|member| &people[(room * options.members + member) % count]).collect();
        rooms.push((room_of(product, members[0], &members[1..]).await?, members));
    }
    let seat = |member: usize| {
        rooms.iter().map(move |(room, members)| Seat { path: members[member].room_path(*room), room: *room })
    };
    Ok((0..options.members).flat_map(seat).collect())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a batch has 1 to some hundred messages"
)]
async fn bare(remains: &Remains, batch: f64, lasts: Duration) -> Outcome<f64> {
    let batch = batch.round().max(1.0) as usize;
    match (remains.file(), remains.url()) {
        (Some(file), _) => block_in_place(|| inserts::into_sqlite(&file, batch, lasts)),
        (None, Some(url)) => inserts::into_mysql(&url, batch, lasts).await,
        (None, None) => Err("no database is left to compare with".into()),
    }
}
