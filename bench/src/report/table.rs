//! The table that people read: a row for each figure, a column for each program.

use super::{Figure, Goal, Report, Unit};

pub fn of(report: &Report) -> String {
    let machine = &report.machine;
    let mut scenarios = Vec::new();
    for figure in &report.figures {
        if !scenarios.contains(&&figure.scenario) {
            scenarios.push(&figure.scenario);
        }
    }
    let rows: Vec<_> = scenarios.into_iter().flat_map(|scenario| rows(report, scenario)).collect();
    let notes: Vec<_> = report.notes.iter().map(|note| format!("\n{note}\n")).collect();
    format!(
        "{}, {} processors, {} MiB, Linux {}; nothing pinned; medians of the rounds\n\n\
         | Scenario | Figure | {} | Goal | |\n|---|---|{}--:|---|\n{}{}{}",
        machine.processor,
        machine.processors,
        machine.memory_mib,
        machine.kernel,
        report.servers.join(" | "),
        "--:|".repeat(report.servers.len()),
        rows.concat(),
        noise(report),
        notes.concat(),
    )
}

/// Each figure of a scenario once, whosever it is.
fn rows(report: &Report, scenario: &str) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    for figure in report.figures.iter().filter(|figure| figure.scenario == scenario) {
        if !names.contains(&figure.name.as_str()) {
            names.push(&figure.name);
        }
    }
    names.into_iter().filter_map(|name| row(report, scenario, name)).collect()
}

fn row(report: &Report, scenario: &str, name: &str) -> Option<String> {
    let same = |figure: &&Figure| figure.scenario == scenario && figure.name == name;
    let figures: Vec<_> = report.figures.iter().filter(same).collect();
    let of = figures.first()?;
    let cells = report.servers.iter().enumerate().map(|(column, server)| {
        // What is the machine's own stands in the first column.
        let is_own = |figure: &&&Figure| figure.server.as_ref().map_or(column == 0, |own| own == server);
        figures.iter().find(is_own).map_or_else(|| "–".to_owned(), |figure| shown(figure.unit, figure.median))
    });
    let verdicts = figures.iter().filter_map(|figure| figure.goal.is_reached(figure.median));
    let verdicts: Vec<_> =
        verdicts.map(|is_reached| if is_reached { "reached" } else { "**missed**" }).collect();
    let cells: Vec<_> = cells.collect();
    let (goal, verdicts) = (goal(of), verdicts.join(", "));
    Some(format!("| {scenario} | {name} | {} | {goal} | {verdicts} |\n", cells.join(" | ")))
}

fn goal(figure: &Figure) -> String {
    match figure.goal {
        Goal::None => String::new(),
        Goal::AtLeast(least) => format!("≥ {}", shown(figure.unit, least)),
        Goal::AtMost(most) => format!("≤ {}", shown(figure.unit, most)),
    }
}

/// Other work on the machine, where it may have bent the figures.
fn noise(report: &Report) -> String {
    let mut scenarios: Vec<_> = report.runs.iter().map(|run| &run.scenario).collect();
    scenarios.dedup();
    let worst = scenarios.iter().map(|scenario| (report.others_percent(scenario), scenario));
    match worst.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((percent, scenario)) => {
            format!("\nOther work on the machine: at most {percent:.0} % of its processors ({scenario}).\n")
        }
        None => String::new(),
    }
}

pub(super) fn shown(unit: Unit, value: f64) -> String {
    match unit {
        Unit::PerSecond => format!("{}/s", grouped(value)),
        Unit::Milliseconds if value < 10.0 => format!("{value:.2} ms"),
        Unit::Milliseconds => format!("{value:.1} ms"),
        Unit::Percent => format!("{value:.0} %"),
        Unit::Times => format!("{value:.1} ×"),
        Unit::Megabytes => format!("{value:.1} MB"),
        Unit::KiB => format!("{value:.1} KiB"),
        Unit::Count => format!("{value:.1}"),
    }
}

/// Whole, with a comma every three digits.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        assert_eq!(grouped(1_234_567.4), "1,234,567");
        assert_eq!(grouped(999.0), "999");
        assert_eq!(shown(Unit::Milliseconds, 1.234), "1.23 ms");
    }
}
