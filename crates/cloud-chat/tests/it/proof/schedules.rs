//! A schedule: which faults strike, after how many messages, for how long. It is made of its seed and nothing else.

use std::{collections::BTreeSet, fmt, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{faults::Fault, shapes::Shape};

const STEPS: usize = 8;
/// Messages that are acknowledged before a fault strikes.
const MESSAGES_MAX: usize = 40;
const LASTING_MAX_MS: u64 = 2000;
/// Every kind is drawn sooner.
const DRAWS_MAX: usize = 1000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pub shape: Shape,
    pub seed: u64,
    /// The one kind of fault that it is of.
    pub kind: Option<String>,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its place in the whole schedule, from 1.
    pub nth: usize,
    /// How many messages are acknowledged before.
    pub after: usize,
    pub fault: Fault,
    pub lasting: Duration,
    /// Afterwards everybody falls silent and has to have everything. Otherwise the next fault comes on top.
    pub is_checked: bool,
}

impl Schedule {
    pub fn new(shape: Shape, seed: u64) -> Self {
        Self::drawn(shape, seed, Fault::draw)
    }

    /// With faults of one kind alone.
    pub fn of_kind(shape: Shape, seed: u64, kind: &str) -> Self {
        let draw = |shape, random: &mut StdRng| {
            let mut drawn = (0..DRAWS_MAX).map(|_| Fault::draw(shape, random));
            let found = drawn.find(|fault| fault.kind() == kind);
            found.unwrap_or_else(|| panic!("{} knows no fault of the kind {kind}", shape.name()))
        };
        Self { kind: Some(kind.into()), ..Self::drawn(shape, seed, draw) }
    }

    fn drawn(shape: Shape, seed: u64, draw: impl Fn(Shape, &mut StdRng) -> Fault) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let step = |nth| Step {
            nth,
            after: random.random_range(1..MESSAGES_MAX),
            fault: draw(shape, &mut random),
            lasting: Duration::from_millis(random.random_range(0..LASTING_MAX_MS)),
            is_checked: random.random_bool(0.6),
        };
        Self { shape, seed, kind: None, steps: (1..=STEPS).map(step).collect() }
    }

    /// Of faults that somebody chose.
    pub fn of(shape: Shape, faults: &[Fault]) -> Self {
        let step = |(nth, fault): (usize, &Fault)| Step {
            nth,
            after: MESSAGES_MAX,
            fault: *fault,
            lasting: Duration::from_millis(500),
            is_checked: true,
        };
        Self { shape, seed: 0, kind: None, steps: (1..).zip(faults).map(step).collect() }
    }

    /// With these steps only.
    pub fn keeping(&self, which: &[usize]) -> Self {
        let steps = self.steps.iter().filter(|step| which.contains(&step.nth)).cloned().collect();
        Self { steps, ..self.clone() }
    }

    pub fn without(&self, nth: usize) -> Self {
        let kept: Vec<usize> = self.nths().filter(|kept| *kept != nth).collect();
        self.keeping(&kept)
    }

    pub fn nths(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().map(|step| step.nth)
    }
}

/// As it is asked for again, and what it says.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nths: Vec<String> = self.nths().map(|nth| nth.to_string()).collect();
        write!(f, "make prove SHAPE={} SEEDS={}", self.shape.name(), self.seed)?;
        if let Some(kind) = &self.kind {
            write!(f, " FAULT='{kind}'")?;
        }
        write!(f, " STEPS={}", nths.join(","))?;
        self.steps.iter().try_for_each(|step| write!(f, "\n  {step}"))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { nth, after, fault, lasting, is_checked } = self;
        let then = if *is_checked { "then everybody has everything" } else { "then the next" };
        write!(f, "{nth}. after {after} messages: {fault}; for {} ms, {then}", lasting.as_millis())
    }
}

#[test]
fn a_schedule_is_the_same_for_the_same_seed_and_another_for_another() {
    for (shape, kinds) in [(Shape::One, 11), (Shape::Services, 12), (Shape::Lambda, 13)] {
        assert_eq!(Schedule::new(shape, 42), Schedule::new(shape, 42));
        assert_ne!(Schedule::new(shape, 42).steps, Schedule::new(shape, 43).steps);
        let drawn: BTreeSet<_> = (0..100)
            .flat_map(|seed| Schedule::new(shape, seed).steps)
            .map(|step| step.fault.kind())
            .collect();
        assert_eq!(drawn.len(), kinds, "every kind is drawn: {drawn:?}");
    }
}

#[test]
fn a_schedule_can_be_of_one_kind_of_fault() {
    let schedule = Schedule::of_kind(Shape::Services, 3, "clock step");
    assert!(schedule.steps.iter().all(|step| step.fault.kind() == "clock step"), "{schedule}");
    let command = "make prove SHAPE=services SEEDS=3 FAULT='clock step' STEPS=1,2,3,4,5,6,7,8\n";
    assert!(schedule.to_string().starts_with(command), "{schedule}");
}

#[test]
fn a_shorter_schedule_says_how_it_is_asked_for() {
    let whole = Schedule::new(Shape::One, 7);
    let shorter = whole.keeping(&[2, 5, 6]).without(5);
    assert_eq!(shorter.steps, [whole.steps[1].clone(), whole.steps[5].clone()]);
    assert!(shorter.to_string().starts_with("make prove SHAPE=one SEEDS=7 STEPS=2,6\n"), "{shorter}");
}
