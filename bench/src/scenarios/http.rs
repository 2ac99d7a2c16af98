//! Requests over HTTP, beside a bare hyper server that answers with bodies of the same size.

use std::{net::SocketAddr, time::Duration};

use serde_json::json;
use tokio::task::block_in_place;

use crate::{
    Outcome,
    ceilings::http::BareServer,
    load::{
        Pacing,
        http::{Answered, Requests, ask, request},
    },
    measure::{Process, Usage, Watch},
    options::Http,
    people::{self, Person, room_of, signed_up},
    product::{Candidate, Product},
    report::{Goal, Of, Unit, millis, rate},
    scenarios::Bench,
};

const WARM_UP: Duration = Duration::from_millis(500);
/// Messages of the room that is read: a page is full.
const HISTORY: usize = 60;

pub async fn run(bench: &mut Bench, options: &Http, round: usize) -> Outcome<()> {
    for candidate in bench.candidates(round) {
        let product = bench.start(&candidate).await?;
        let person = signed_up(&product, 1).await?.pop().ok_or("nobody")?;
        let room = room_of(&product, &person, &[]).await?;
        for number in 0..HISTORY {
            post(&product, &person, room, &format!("before {number}")).await?;
        }
        let chat = product.chat_address()?;
        let auth = product.auth_address()?;
        let (page, me) = (format!("/messages/{room}"), "/users/me".to_owned());
        let run = Run { bench, product: &product, candidate: &candidate };
        run.reads("GET /messages", chat, &page, &person, options.clients).await?;
        let run = Run { bench, product: &product, candidate: &candidate };
        run.reads("GET /users/me", auth, &me, &person, options.clients).await?;
        let run = Run { bench, product: &product, candidate: &candidate };
        run.posts(chat, room, &person, options.senders)?;
        let run = Run { bench, product: &product, candidate: &candidate };
        run.logins(auth, &person, options.senders)?;
        everything_is_there(&product, &person, room).await?;
        product.stop().await?;
    }
    Ok(())
}

struct Run<'a> {
    bench: &'a mut Bench,
    product: &'a Product,
    candidate: &'a Candidate,
}

impl Run<'_> {
    async fn reads(
        self,
        what: &str,
        address: SocketAddr,
        path: &str,
        person: &Person,
        clients: usize,
    ) -> Outcome<()> {
        let bytes = request("GET", path, Some(&person.token), "");
        let lasts = self.bench.lasts();
        let (answered, usage) =
            load(address, clients, lasts, &self.product.processes, &mut |_| bytes.clone())?;
        let bare = BareServer::start(answered.body_bytes).await?;
        let processes = [bare.process.clone()];
        let (most, bare_usage) =
            load(bare.address, clients, lasts.min(Duration::from_secs(2)), &processes, &mut |_| {
                bytes.clone()
            })?;

        let name = format!("{what}, {} bytes, {clients} clients", answered.body_bytes);
        let per_cpu = record(self.bench, &name, self.candidate, &answered, usage);
        let ceiling = rate(most.requests, bare_usage.server_cpu_s());
        let (report, of) = (&mut self.bench.report, Of::Server(self.candidate));
        report.add(&name, "bare hyper, per CPU second", of, Unit::PerSecond, ceiling, Goal::None);
        let share = 100.0 * per_cpu / ceiling;
        report.add(&name, "of bare hyper, per CPU second", of, Unit::Percent, share, Goal::AtLeast(50.0));
        let p99 = millis(answered.latency.percentile(99.0));
        report.add(&name, "p99", of, Unit::Milliseconds, p99, Goal::AtMost(10.0));
        Ok(())
    }

    fn posts(self, address: SocketAddr, room: i64, person: &Person, clients: usize) -> Outcome<()> {
        let path = format!("/messages/{room}");
        let mut number = 0;
        let mut next = |_| {
            number += 1;
            let body =
                json!({"content": format!("post {number}"), "clientMessageId": format!("post-{number}")});
            request("POST", &path, Some(&person.token), &body.to_string())
        };
        let lasts = self.bench.lasts();
        let (answered, usage) = load(address, clients, lasts, &self.product.processes, &mut next)?;
        let name = format!("POST /messages, {clients} clients");
        let wall = answered.wall.as_secs_f64();
        record(self.bench, &name, self.candidate, &answered, usage);
        let (of, per_second) = (Of::Server(self.candidate), rate(answered.requests, wall));
        self.bench.report.add(&name, "messages", of, Unit::PerSecond, per_second, Goal::AtLeast(5_000.0));
        Ok(())
    }

    fn logins(self, address: SocketAddr, person: &Person, clients: usize) -> Outcome<()> {
        let bytes = request("POST", "/auth/login", None, &Person::login(&person.name).to_string());
        let lasts = self.bench.lasts();
        let (answered, usage) =
            load(address, clients, lasts, &self.product.processes, &mut |_| bytes.clone())?;
        record(self.bench, &format!("POST /auth/login, {clients} clients"), self.candidate, &answered, usage);
        Ok(())
    }
}

/// What a load brings and costs, once it is running warm.
fn load(
    address: SocketAddr,
    clients: usize,
    lasts: Duration,
    processes: &[Process],
    next: &mut (dyn FnMut(u64) -> Vec<u8> + Send),
) -> Outcome<(Answered, Usage)> {
    let pacing = Pacing::Closed { window: 1 };
    block_in_place(|| {
        ask(Requests { address, clients, pacing, lasts: WARM_UP.min(lasts), most: u64::MAX, next })?;
        let watch = Watch::start(processes)?;
        let answered = ask(Requests { address, clients, pacing, lasts, most: u64::MAX, next })?;
        Ok((answered, watch.stop()?))
    })
}

/// What every load is told by; requests per CPU second of the server.
fn record(bench: &mut Bench, name: &str, candidate: &Candidate, answered: &Answered, usage: Usage) -> f64 {
    let per_cpu = rate(answered.requests, usage.server_cpu_s());
    let wall = answered.wall.as_secs_f64();
    let (report, of) = (&mut bench.report, Of::Server(candidate));
    report.add(name, "requests per CPU second", of, Unit::PerSecond, per_cpu, Goal::None);
    report.add(name, "requests", of, Unit::PerSecond, rate(answered.requests, wall), Goal::None);
    report.add(name, "median", of, Unit::Milliseconds, millis(answered.latency.percentile(50.0)), Goal::None);
    report.usage(name, candidate, usage);
    per_cpu
}

async fn post(product: &Product, person: &Person, room: i64, content: &str) -> Outcome<()> {
    let url = format!("{}/messages/{room}", product.chat);
    let request = people::client()?.post(url).bearer_auth(&person.token);
    people::call(request.json(&json!({"content": content}))).await.map(drop)
}

/// Reads the room from its beginning: each message once, in order, none missing.
async fn everything_is_there(product: &Product, person: &Person, room: i64) -> Outcome<()> {
    let http = people::client()?;
    let (mut last, mut posted) = (0, 0);
    loop {
        let url = format!("{}/messages/{room}?after={last}&limit=200", product.chat);
        let page = people::call(http.get(url).bearer_auth(&person.token)).await?;
        let page = page.as_array().ok_or("not a page")?;
        if page.is_empty() {
            break;
        }
        for message in page {
            last += 1;
            if message["seq"].as_i64() != Some(last) {
                return Err(format!("message {last} of room {room} is missing or there twice").into());
            }
            posted +=
                i64::from(message["clientMessageId"].as_str().is_some_and(|id| id.starts_with("post-")));
        }
    }
    let expected = last - i64::try_from(HISTORY)?;
    if posted == expected { Ok(()) } else { Err(format!("{posted} posts of {expected} are there").into()) }
}
