//! Who looks for mistakes has to find them: each is planted in turn, under faults in which it shows.

use super::{
    faults::{Fault, Victim},
    runs::run,
    schedules::Schedule,
    shapes::Shape,
};

/// What shows may hide behind a lucky moment.
const TRIES: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publishing_before_the_commit_is_found() {
    let dies = |nth| Fault::DieAt { server: 0, point: "before-commit", nth };
    is_found("publish-before-commit", &Schedule::of(Shape::One, &[dies(20), dies(25), dies(30)])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_are_not_deduplicated_are_found() {
    is_found("no-dedupe", &Schedule::of(Shape::One, &[Fault::SlowReaders])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_do_not_ask_for_what_they_missed_are_found() {
    let nats = Fault::Kill(Victim::Nats);
    is_found("no-resync", &Schedule::of(Shape::Services, &[nats, nats, nats])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_who_are_checked_late_are_found() {
    is_found("members-late", &Schedule::of(Shape::One, &[Fault::SlowReaders; 6])).await;
}

async fn is_found(mistake: &'static str, schedule: &Schedule) {
    for _ in 0..TRIES {
        if let Err(violation) = run(schedule, Some(mistake)).await {
            eprintln!("{mistake}: {violation}");
            return;
        }
    }
    panic!("{mistake} was not found in {TRIES} runs of\n{schedule}");
}
