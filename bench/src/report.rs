//! Figures of all rounds, and how they are shown.

mod chart;
mod table;

use std::{fs, path::Path};

use serde::Serialize;

use crate::{
    Outcome,
    measure::{Description, Usage},
    product::Candidate,
};

#[derive(Debug, Serialize)]
pub struct Report {
    machine: Description,
    arguments: Vec<String>,
    /// Whether figures are held against their goals; those are for full size.
    is_judged: bool,
    servers: Vec<String>,
    figures: Vec<Figure>,
    /// What a reader must know of what was measured, such as settings.
    notes: Vec<String>,
    runs: Vec<Run>,
}

#[derive(Debug, Serialize)]
struct Figure {
    scenario: String,
    name: String,
    /// Whose it is; the machine's own where there is none.
    server: Option<String>,
    unit: Unit,
    goal: Goal,
    median: f64,
    /// One for each round.
    rounds: Vec<f64>,
}

/// What a measurement cost.
#[derive(Debug, Serialize)]
struct Run {
    scenario: String,
    server: String,
    #[serde(flatten)]
    usage: Usage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Unit {
    #[serde(rename = "1/s")]
    PerSecond,
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "%")]
    Percent,
    #[serde(rename = "times")]
    Times,
    #[serde(rename = "MB")]
    Megabytes,
    KiB,
    #[serde(rename = "")]
    Count,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Goal {
    None,
    AtLeast(f64),
    AtMost(f64),
}

/// Whose figure it is.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    Machine,
    Server(&'a Candidate),
}

impl Report {
    pub fn new(candidates: &[Candidate], is_judged: bool) -> Outcome<Self> {
        Ok(Self {
            machine: Description::read()?,
            arguments: std::env::args().collect(),
            is_judged,
            servers: candidates.iter().map(|candidate| candidate.label.clone()).collect(),
            figures: Vec::new(),
            notes: Vec::new(),
            runs: Vec::new(),
        })
    }

    /// A figure of one round. What could not be measured, which is not a number, is left out.
    pub fn add(&mut self, scenario: &str, name: &str, of: Of<'_>, unit: Unit, value: f64, goal: Goal) {
        if !value.is_finite() {
            return;
        }
        let server = match of {
            Of::Machine => None,
            Of::Server(candidate) => Some(candidate.label.clone()),
        };
        let is_it = |figure: &&mut Figure| {
            figure.scenario == scenario && figure.name == name && figure.server == server
        };
        if let Some(figure) = self.figures.iter_mut().find(is_it) {
            figure.rounds.push(value);
            figure.median = median(&figure.rounds);
            return;
        }
        let (scenario, name) = (scenario.to_owned(), name.to_owned());
        let goal = if self.is_judged { goal } else { Goal::None };
        self.figures.push(Figure { scenario, name, server, unit, goal, median: value, rounds: vec![value] });
    }

    /// What a figure was in its last round.
    pub fn last(&self, scenario: &str, name: &str, candidate: &Candidate) -> Option<f64> {
        let server = Some(&candidate.label);
        let is_it = |figure: &&Figure| {
            figure.scenario == scenario && figure.name == name && figure.server.as_ref() == server
        };
        self.figures.iter().find(is_it)?.rounds.last().copied()
    }

    /// One more column, and how it is set up.
    pub fn server(&mut self, candidate: &Candidate, settings: &str) {
        if !self.servers.contains(&candidate.label) {
            self.servers.push(candidate.label.clone());
            self.notes.push(format!("{}: {settings}", candidate.label));
        }
    }

    pub fn usage(&mut self, scenario: &str, candidate: &Candidate, usage: Usage) {
        self.runs.push(Run { scenario: scenario.to_owned(), server: candidate.label.clone(), usage });
    }

    /// Everything as JSON, charts, and the table.
    pub fn write(&self, folder: &Path) -> Outcome<String> {
        fs::create_dir_all(folder)?;
        let table = table::of(self);
        fs::write(folder.join("results.json"), serde_json::to_string_pretty(self)?)?;
        fs::write(folder.join("results.md"), &table)?;
        fs::write(folder.join("goals.svg"), chart::goals(self))?;
        fs::write(folder.join("per-cpu-second.svg"), chart::per_cpu_second(self))?;
        Ok(table)
    }

    /// How much of the machine others had in a scenario, in the worst of its runs.
    fn others_percent(&self, scenario: &str) -> f64 {
        let runs = self.runs.iter().filter(|run| run.scenario == scenario);
        runs.map(|run| run.usage.others_percent()).fold(0.0, f64::max)
    }
}

impl Goal {
    pub fn is_reached(self, value: f64) -> Option<bool> {
        match self {
            Self::None => None,
            Self::AtLeast(least) => Some(value >= least),
            Self::AtMost(most) => Some(value <= most),
        }
    }
}

pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

/// Of a process, as `/proc` gives it.
pub fn megabytes(kib: f64) -> f64 {
    kib * 1024.0 / 1e6
}

pub fn millis(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// How often in a second.
#[expect(clippy::cast_precision_loss, reason = "counts of some seconds are far below 2^52")]
pub fn rate(count: u64, seconds: f64) -> f64 {
    count as f64 / seconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_in_the_middle() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_goal_is_reached_at_its_bound() {
        assert_eq!(Goal::AtLeast(80.0).is_reached(80.0), Some(true));
        assert_eq!(Goal::AtLeast(80.0).is_reached(79.9), Some(false));
        assert_eq!(Goal::AtMost(8.0).is_reached(8.1), Some(false));
        assert_eq!(Goal::None.is_reached(1.0), None);
    }
}
