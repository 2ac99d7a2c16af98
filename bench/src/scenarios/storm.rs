//! Logins beside messages: hashing passwords must not hold up what people say to each other.

use crate::{
    Outcome,
    load::{
        Load, Pacing,
        http::{Requests, request},
    },
    options::LoginStorm,
    people::{Person, in_general, signed_up},
    report::{Goal, Of, Unit, millis, rate},
    scenarios::{
        Bench,
        hall::{Hall, seats},
    },
};

pub async fn run(bench: &mut Bench, options: &LoginStorm, round: usize) -> Outcome<()> {
    let sockets = bench.scaled(options.sockets);
    let name = format!("{} clients log in beside {sockets} sockets", options.clients);
    let lasts = bench.lasts();
    for candidate in bench.candidates(round) {
        let product = bench.start(&candidate).await?;
        let account = signed_up(&product, 1).await?.pop().ok_or("nobody")?;
        let auth = product.auth_address()?;
        let (people, room) = in_general(&product, sockets).await?;
        let mut hall = Hall::fill(product, &seats(&people, room))?;
        let pacing = Pacing::Open { per_second: options.rate };
        let load = Load::lasting(lasts, hall.senders(sockets.min(16)), pacing, 40);
        let (calm, _) = hall.drive(load.clone())?;
        let login = request("POST", "/auth/login", None, &Person::login(&account.name).to_string());
        let requests = Requests {
            address: auth,
            clients: options.clients,
            pacing: Pacing::Closed { window: 1 },
            lasts,
            most: u64::MAX,
            next: &mut |_| login.clone(),
        };
        let (stormy, usage, answered) = hall.drive_beside(load, requests)?;
        hall.product.stop().await?;

        let (report, of) = (&mut bench.report, Of::Server(&candidate));
        let [before, during] = [&calm, &stormy].map(|driven| millis(driven.delivery.percentile(99.0)));
        report.add(&name, "p99 of deliveries without", of, Unit::Milliseconds, before, Goal::None);
        report.add(&name, "p99 of deliveries beside them", of, Unit::Milliseconds, during, Goal::None);
        report.add(&name, "moved by", of, Unit::Milliseconds, during - before, Goal::AtMost(20.0));
        let logins = rate(answered.requests, answered.wall.as_secs_f64());
        report.add(&name, "logins", of, Unit::PerSecond, logins, Goal::None);
        report.usage(&name, &candidate, usage);
    }
    Ok(())
}
