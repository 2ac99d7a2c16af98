//! A working day: people in rooms who write now and then, while their apps read pages, list rooms, mark as read and
//! log in.

use serde_json::json;

use crate::{
    Outcome,
    load::{
        Load, Pacing,
        http::{Requests, request},
    },
    options::Day,
    people::{Person, room_of, signed_up},
    report::{Goal, Of, Unit, megabytes, millis},
    scenarios::{
        Bench,
        hall::{Hall, Seat},
    },
};

const MEMBERS: usize = 20;
/// Who has an account; each of them is in several rooms with several devices.
const ACCOUNTS: usize = 40;
const HTTP_CLIENTS: usize = 32;
/// One request in so many is a login.
const LOGIN_EVERY: u64 = 100;

#[expect(clippy::cast_precision_loss, reason = "people are few")]
pub async fn run(bench: &mut Bench, options: &Day, round: usize) -> Outcome<()> {
    let count = bench.scaled(options.people).max(MEMBERS);
    let name = format!("a working day of {count}");
    for candidate in bench.candidates(round) {
        let product = bench.start(&candidate).await?;
        let people = signed_up(&product, ACCOUNTS).await?;
        let mut seats = Vec::new();
        for room in 0..count / MEMBERS {
            let members: Vec<&Person> =
                (0..MEMBERS).map(|member| &people[(room * 7 + member) % ACCOUNTS]).collect();
            let id = room_of(&product, members[0], &members[1..]).await?;
            seats.extend(members.into_iter().map(|member| (member, id)));
        }
        let requests: Vec<_> = seats.iter().map(|(person, room)| Asking { person, room: *room }).collect();
        let chat = product.chat_address()?;
        let auth = product.auth_address()?;
        let places = seats.iter().map(|(person, room)| Seat { path: person.room_path(*room), room: *room });
        let mut hall = Hall::fill(product, &places.collect::<Vec<_>>())?;

        let minute = 60.0 / count as f64;
        let pacing = Pacing::Open { per_second: options.messages_a_minute / minute };
        let load = Load::lasting(bench.lasts(), hall.senders(seats.len()), pacing, 60);
        // Logins go to auth, which may be elsewhere; where it is not, one in so many requests is one.
        let mut next = |number: u64| {
            requests[usize::try_from(number).unwrap_or(0) % requests.len()].bytes(number, auth == chat)
        };
        let pacing = Pacing::Open { per_second: options.requests_a_minute / minute };
        let asked = Requests {
            address: chat,
            clients: HTTP_CLIENTS,
            pacing,
            lasts: bench.lasts(),
            most: u64::MAX,
            next: &mut next,
        };
        let (driven, usage, answered) = hall.drive_beside(load, asked)?;
        hall.product.stop().await?;

        let (report, of) = (&mut bench.report, Of::Server(&candidate));
        let mut add = |figure: &str, unit, value| report.add(&name, figure, of, unit, value, Goal::None);
        add("p50 of deliveries, from when due", Unit::Milliseconds, millis(driven.delivery.percentile(50.0)));
        add("p99 of deliveries, from when due", Unit::Milliseconds, millis(driven.delivery.percentile(99.0)));
        add("p50 of requests, from when due", Unit::Milliseconds, millis(answered.latency.percentile(50.0)));
        add("p99 of requests, from when due", Unit::Milliseconds, millis(answered.latency.percentile(99.0)));
        add("of one processor", Unit::Percent, 100.0 * usage.server_cpu_s() / usage.wall_s);
        add("resident memory", Unit::Megabytes, megabytes(usage.server_resident_kib()));
        report.usage(&name, &candidate, usage);
    }
    Ok(())
}

struct Asking<'a> {
    person: &'a Person,
    room: i64,
}

impl Asking<'_> {
    fn bytes(&self, number: u64, may_log_in: bool) -> Vec<u8> {
        let Self { person, room } = self;
        let token = Some(person.token.as_str());
        match number % 4 {
            0 if may_log_in && number.is_multiple_of(LOGIN_EVERY) => {
                request("POST", "/auth/login", None, &Person::login(&person.name).to_string())
            }
            0 => request("GET", "/rooms/my-rooms", token, ""),
            1 => request("POST", &format!("/rooms/{room}/read"), token, &json!({"seq": 1}).to_string()),
            _ => request("GET", &format!("/messages/{room}"), token, ""),
        }
    }
}
