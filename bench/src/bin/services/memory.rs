//! What auth and chat take while many requests are under way, logins among them.

use std::time::{Duration, Instant};

use futures::future::{Either, try_join_all};

use super::{Installation, Outcome, Row, people::Person};

/// As many people take turns.
const PEOPLE: usize = 20;
/// Every so many of those who ask auth log in, over and over.
const LOGINS_EVERY: usize = 4;

pub async fn run(installation: &mut Installation, in_flight: usize, time: Duration) -> Outcome<Vec<Row>> {
    // Fresh processes: what is measured is this load.
    installation.auth.restart().await?;
    installation.chat.restart().await?;
    let (auth, chat) = (&installation.auth, &installation.chat);
    let idle = [auth.memory_mib("VmRSS")?, chat.memory_mib("VmRSS")?];
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        people.push(Person::sign_up(installation, &format!("person-{n}")).await?);
    }
    let room = people[0].general().await?;

    let until = Instant::now() + time;
    let asking = (0..in_flight).flat_map(|n| {
        let person = &people[n % PEOPLE];
        [Either::Left(ask_auth(person, n, until)), Either::Right(ask_chat(person, room, n, until))]
    });
    let counts = try_join_all(asking).await?;
    let answered = |nth: usize| counts.iter().skip(nth).step_by(2).sum::<usize>();

    let name = format!("{in_flight} requests in flight at each");
    let mut rows = Vec::new();
    for (nth, role) in [auth, chat].into_iter().enumerate() {
        let mut row = |figure: &str, value: String| {
            rows.push((name.clone(), format!("{}, {figure}", role.name), value));
        };
        row("idle (VmRSS)", format!("{:.1} MiB", idle[nth]));
        row("afterwards (VmRSS)", format!("{:.1} MiB", role.memory_mib("VmRSS")?));
        row("peak (VmHWM)", format!("{:.1} MiB", role.memory_mib("VmHWM")?));
        row("requests answered", answered(nth).to_string());
    }
    Ok(rows)
}

/// How many were answered. One that fails ends the measurement.
async fn ask_auth(person: &Person, nth: usize, until: Instant) -> Outcome<usize> {
    let mut count = 0;
    while Instant::now() < until {
        if nth.is_multiple_of(LOGINS_EVERY) {
            person.log_in().await?;
        } else {
            person.look_up(["/users/me", "/users?q=person"][count % 2]).await?;
        }
        count += 1;
    }
    Ok(count)
}

async fn ask_chat(person: &Person, room: i64, nth: usize, until: Instant) -> Outcome<usize> {
    let mut count = 0;
    while Instant::now() < until {
        match count % 3 {
            0 => person.post(room, &format!("message {count} of {nth}")).await?,
            1 => drop(person.read(&format!("/messages/{room}")).await?),
            _ => drop(person.read("/rooms/my-rooms").await?),
        }
        count += 1;
    }
    Ok(count)
}
