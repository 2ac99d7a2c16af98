//! What was proven, for each shape: a line for each seed in `target/prove/SHAPE.jsonl`, and all of them together as
//! Markdown and as a page. Runs add to what is there, so many seeds may take many runs.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{runs::Figures, shapes::Shape};

pub struct Report {
    shape: Shape,
    folder: PathBuf,
}

/// Of one seed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Line {
    pub seed: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub violation: Option<String>,
    /// How the shortest schedule that fails is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortest: Option<String>,
    #[serde(default)]
    pub figures: Figures,
}

/// What it says, and its value.
type Row = (String, String);

impl Report {
    pub fn new(shape: Shape, folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).expect("the folder can be made");
        Self { shape, folder }
    }

    pub fn add(&self, line: &Line) {
        let file = self.file("jsonl");
        let mut lines = fs::File::options().create(true).append(true).open(&file).expect("the file opens");
        // At once: others may add to it, too.
        let text = serde_json::to_string(line).expect("a line is JSON") + "\n";
        lines.write_all(text.as_bytes()).expect("there is space");
    }

    /// Of everything that was added, by this run or an earlier one.
    pub fn write(&self) -> PathBuf {
        let text = fs::read_to_string(self.file("jsonl")).unwrap_or_default();
        let lines = text.lines().map(|line| serde_json::from_str(line).expect("our own line"));
        // Of a seed that ran again, the last time counts.
        let lines: BTreeMap<u64, Line> = lines.map(|line: Line| (line.seed, line)).collect();
        let lines: Vec<Line> = lines.into_values().collect();
        let title = format!("Proof: {}", self.shape.name());
        let (rows, violations) = (rows(&lines), violations(&lines));
        fs::write(self.file("html"), page(&title, &rows, &violations)).expect("there is space");
        let place = self.file("md");
        fs::write(&place, markdown(&title, &rows, &violations)).expect("there is space");
        place
    }

    fn file(&self, extension: &str) -> PathBuf {
        Path::new(&self.folder).join(self.shape.name()).with_extension(extension)
    }
}

fn rows(lines: &[Line]) -> Vec<Row> {
    let sum = |of: fn(&Figures) -> usize| lines.iter().map(|line| of(&line.figures)).sum::<usize>();
    let with = |marks: &'static [&'static str]| {
        let has = |line: &&Line| {
            line.violation.as_ref().is_some_and(|why| marks.iter().any(|mark| why.contains(mark)))
        };
        lines.iter().filter(has).count()
    };
    let failed = lines.iter().filter(|line| line.violation.is_some()).count();
    let mut faults: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, count) in lines.iter().flat_map(|line| &line.figures.faults) {
        *faults.entry(kind).or_default() += count;
    }
    let times = |of: fn(&Figures) -> &[u64]| {
        let mut all: Vec<u64> = lines.iter().flat_map(|line| of(&line.figures)).copied().collect();
        all.sort_unstable();
        match all.last() {
            Some(most) => format!("{} / {most} ms, of {}", all[(all.len() - 1) / 2], all.len()),
            None => "none".into(),
        }
    };
    let mut rows = vec![
        ("seeds".to_owned(), lines.len().to_string()),
        ("seeds with a violation".into(), failed.to_string()),
        ("… with something lost, or late by more than 30 s".into(), with(&LOST).to_string()),
        ("… with something doubled".into(), with(&DOUBLED).to_string()),
        ("… with something out of order".into(), with(&OUT_OF_ORDER).to_string()),
        ("… with something given after a removal".into(), with(&AFTER_REMOVAL).to_string()),
        ("faults injected".into(), faults.values().sum::<usize>().to_string()),
    ];
    rows.extend(faults.into_iter().map(|(kind, count)| (format!("… {kind}"), count.to_string())));
    rows.extend([
        ("messages sent, every try counted".to_owned(), sum(|figures| figures.tries).to_string()),
        ("messages acknowledged".into(), sum(|figures| figures.acked).to_string()),
        ("messages delivered, to all clients together".into(), sum(|figures| figures.delivered).to_string()),
        ("removals of a member amid traffic".into(), sum(|figures| figures.removals).to_string()),
        (
            "complete after a process died, from when it accepts again: median / max".into(),
            times(|figures| &figures.recoveries_ms),
        ),
        (
            "complete after any other fault, from its end: median / max".into(),
            times(|figures| &figures.others_ms),
        ),
    ]);
    rows
}

/// What the words of a violation tell.
const LOST: [&str; 4] = ["did not reach", "was acknowledged", "has a gap", "not within"];
const DOUBLED: [&str; 3] = ["is there twice", "was at", "not acknowledged to anybody"];
const OUT_OF_ORDER: [&str; 1] = ["out of order"];
const AFTER_REMOVAL: [&str; 1] = ["after a removal"];

fn violations(lines: &[Line]) -> Vec<Row> {
    let failed = lines.iter().filter_map(|line| {
        let why = line.violation.as_ref()?;
        let shortest = line.shortest.as_deref().unwrap_or_default();
        Some((format!("seed {}", line.seed), format!("{why} {shortest}").replace('\n', " ")))
    });
    failed.collect()
}

fn markdown(title: &str, rows: &[Row], violations: &[Row]) -> String {
    let mut text = format!("# {title}\n\n| | |\n|---|--:|\n");
    for (name, value) in rows {
        writeln!(text, "| {name} | {value} |").expect("a string");
    }
    for (seed, why) in violations {
        writeln!(text, "\n- {seed}: {why}").expect("a string");
    }
    text
}

fn page(title: &str, rows: &[Row], violations: &[Row]) -> String {
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n<h1>{title}</h1>\n<table>\n"
    );
    for (name, value) in rows {
        writeln!(text, "<tr><td>{}<td align=\"right\">{}", escaped(name), escaped(value)).expect("a string");
    }
    text.push_str("</table>\n");
    for (seed, why) in violations {
        writeln!(text, "<p>{seed}: {}", escaped(why)).expect("a string");
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[test]
fn a_report_counts_each_seed_once_and_says_what_was_violated() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let report = Report::new(Shape::One, folder.path().into());
    let line = |seed, violation: Option<&str>, recovery| Line {
        seed,
        violation: violation.map(Into::into),
        shortest: None,
        figures: Figures {
            faults: [("kill -9".to_owned(), 2)].into(),
            acked: 10,
            recoveries_ms: vec![recovery],
            ..Figures::default()
        },
    };
    report.add(&line(1, Some("m-1 is there twice <b>"), 500));
    report.add(&line(2, Some("anything"), 1));
    report.add(&line(2, None, 700));
    let text = fs::read_to_string(report.write()).expect("it was written");
    for row in [
        "| seeds | 2 |",
        "| seeds with a violation | 1 |",
        "| … with something doubled | 1 |",
        "| … kill -9 | 4 |",
        "| messages acknowledged | 20 |",
        "median / max | 500 / 700 ms, of 2 |",
        "- seed 1: m-1 is there twice",
    ] {
        assert!(text.contains(row), "{row} is not in\n{text}");
    }
    let page = fs::read_to_string(folder.path().join("one.html")).expect("it was written");
    assert!(page.contains("twice &lt;b>"), "{page}");
}
