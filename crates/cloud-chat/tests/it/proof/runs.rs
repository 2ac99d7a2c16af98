//! One schedule from its beginning to its end, and what is left of one that fails.

use std::{
    any::Any,
    collections::BTreeMap,
    fmt,
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures::FutureExt;
use serde::{Deserialize, Serialize};

use super::{schedules::Schedule, world::World};
use crate::harness::{Sockets, within};

/// A run ends by itself long before.
const RUN_MAX: Duration = Duration::from_secs(300);
/// Messages that are acknowledged before the first fault and after the last.
const BREATH: usize = 20;

/// What a schedule without a violation came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// How often each kind of fault struck.
    pub faults: BTreeMap<String, usize>,
    /// Messages that were asked to be sent, each try counted.
    pub tries: usize,
    pub acked: usize,
    /// Messages that clients have in the end, all clients together.
    pub delivered: usize,
    pub removals: usize,
    /// From the moment a process that died accepts again until every client has everything.
    pub recoveries_ms: Vec<u64>,
    /// The same after whatever else.
    pub others_ms: Vec<u64>,
    pub seconds: u64,
}

/// `mistake`: planted in every process. What was violated, in the words of whoever noticed.
pub async fn run(schedule: &Schedule, mistake: Option<&'static str>) -> Result<Figures, String> {
    let played = AssertUnwindSafe(play(schedule, mistake)).catch_unwind().await;
    played.map_err(|words| text(&*words))
}

async fn play(schedule: &Schedule, mistake: Option<&'static str>) -> Figures {
    let whole = Box::pin(async {
        let begun = Instant::now();
        // Others may run beside it.
        let say = |what: fmt::Arguments<'_>| {
            eprintln!("{}: {:>6.1} s: {what}", schedule.seed, begun.elapsed().as_secs_f32());
        };
        let (topology, late) = (schedule.shape.topology(), schedule.shape.late());
        let topology = match mistake {
            Some(mistake) => topology.with("PLANTED_MISTAKE", mistake),
            None => topology,
        };
        let mut app = topology.start().await;
        let mut world = World::start(&app, Sockets::MayClose).await;
        let mut figures = Figures::default();
        world.goes_on(BREATH).await;
        for step in &schedule.steps {
            world.goes_on(step.after).await;
            say(format_args!("{step}"));
            step.fault.strike(step.lasting, &mut app, &world).await;
            *figures.faults.entry(step.fault.kind().into()).or_default() += 1;
            if step.is_checked {
                let took = milliseconds(world.completes(late).await);
                say(format_args!("   everybody had everything after {took} ms"));
                if step.fault.is_a_death() {
                    figures.recoveries_ms.push(took);
                } else {
                    figures.others_ms.push(took);
                }
            }
        }
        world.goes_on(BREATH).await;
        world.completes(late).await;
        let sum = world.end(&mut app).await;
        Figures {
            tries: sum.tries,
            acked: sum.acked,
            delivered: sum.delivered,
            removals: sum.removals,
            seconds: begun.elapsed().as_secs(),
            ..figures
        }
    });
    within(RUN_MAX, "the schedule is over", whole).await
}

/// The fewest steps of a schedule that still fail, as far as so many runs tell; and how they fail.
pub async fn shortest(schedule: Schedule, violation: String, runs_max: usize) -> (Schedule, String) {
    let (mut shortest, mut violation) = (schedule, violation);
    let nths: Vec<usize> = shortest.nths().collect();
    for nth in nths.into_iter().take(runs_max) {
        let shorter = shortest.without(nth);
        eprintln!("{}: without step {nth}", shortest.seed);
        if let Err(why) = run(&shorter, None).await {
            (shortest, violation) = (shorter, why);
        }
    }
    (shortest, violation)
}

fn text(words: &(dyn Any + Send)) -> String {
    let text = words.downcast_ref::<String>().cloned();
    text.or_else(|| words.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without words".into())
}

fn milliseconds(duration: Duration) -> u64 {
    duration.as_millis().try_into().expect("a run is short")
}
